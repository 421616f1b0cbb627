"""Reading `claims.toml`: all that is wrong is told together, each at its file and key."""

import re
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from tabard.accreditation.claims.errors import BadClaims
from tabard.accreditation.claims.model import NO_CLAIMS, Claim, Claims, Ref, State
from tabard.accreditation.frameworks import (
    Bearer,
    Criterion,
    Kind,
    NoSuchCriterion,
    ProductClass,
    answers_of,
    criterion,
)
from tabard.ground.faults import Fault
from tabard.ground.toml import read_toml

CLAIMS_NAME = "claims.toml"

_KEYS = frozenset({"criterion", "criteria", "state", "answer", "reason", "evidence", "by"})
_LARGEST_BYTES = 1024 * 1024
_MOST_CLAIMS = 2000
_MOST_EVIDENCE = 50
_MOST_OF_ONE = 200
_LONGEST = 2000
_LONGEST_SHOWN = 60
_FEWEST_WORDS = 5
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")


def claims_of(files: Mapping[str, bytes]) -> Claims:
    """What the maker of these files claims; nothing where there is no `claims.toml`. Raises BadClaims with every fault."""
    return read_claims(files[CLAIMS_NAME], files) if CLAIMS_NAME in files else NO_CLAIMS


def read_claims(raw: bytes, files: Mapping[str, bytes]) -> Claims:
    """The claims of a `claims.toml` of a product with these files. Raises BadClaims with every fault. Pure."""
    reading = _Reading(files)
    try:
        told = read_toml(raw, _LARGEST_BYTES)
    except ValueError as fault:
        raise BadClaims.of((Fault("", "TOML in UTF-8", str(fault)),), CLAIMS_NAME) from fault
    found = reading.claims(told)
    if reading.faults:
        raise BadClaims.of(tuple(reading.faults), CLAIMS_NAME)
    return Claims(tuple(found), told.get("class"))


class _Reading:
    """Takes claims out of tables and notes what is wrong with them."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.faults: list[Fault] = []
        self._files = files
        self._claimed: set[str] = set()

    def claims(self, told: dict[str, Any]) -> list[Claim]:
        """Every claim of the file, one a criterion."""
        tables = told.get("claim", [])
        for key in sorted(told.keys() - {"claim", "class"}):
            self._note(key, "`class` and [[claim]] tables alone", "a key that is not known")
        if "class" in told and (type(told["class"]) is not int or told["class"] not in list(ProductClass)):
            self._note("class", f"one of {', '.join(str(one.value) for one in ProductClass)}", told["class"])
        if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
            self._note("claim", "[[claim]] tables", tables)
            return []
        if len(tables) > _MOST_CLAIMS:
            self._note("claim", f"{_MOST_CLAIMS} at the most", f"{len(tables)}")
        return [claim for at, one in enumerate(tables[:_MOST_CLAIMS]) for claim in self._claim(f"claim[{at}]", one)]

    def _claim(self, where: str, told: dict[str, Any]) -> list[Claim]:
        for key in sorted(told.keys() - _KEYS):
            self._note(f"{where}.{key}", f"one of {', '.join(sorted(_KEYS))}", "a key that is not known")
        criteria = self._criteria(where, told)
        state, answer, reason = (self._text(where, told, key) for key in ("state", "answer", "reason"))
        evidence, by = self._evidence(where, told.get("evidence", [])), told.get("by")
        if state not in list(State):
            self._note(f"{where}.state", f"one of {', '.join(State)}", told.get("state"))
            return []
        if by is not None and type(by) is not date:
            self._note(f"{where}.by", "a date such as 2027-01-31", by)
            return []
        claims = [Claim(one.id, State(state), answer, reason, evidence, by) for one in criteria]
        for one, claim in zip(criteria, claims, strict=True):
            self._sound(where, one, claim)
        return claims

    def _criteria(self, where: str, told: dict[str, Any]) -> list[Criterion]:
        if ("criterion" in told) == ("criteria" in told):
            self._note(f"{where}.criterion", "either criterion or criteria", "both" if "criterion" in told else None)
            return []
        named = told["criteria"] if "criteria" in told else [told["criterion"]]
        if not isinstance(named, list) or not 0 < len(named) <= _MOST_OF_ONE:
            self._note(f"{where}.criteria", f"a list of 1 to {_MOST_OF_ONE} ids", named)
            return []
        found = (self._criterion(where, one) for one in named)
        return [one for one in found if one is not None]

    def _criterion(self, where: str, id_: Any) -> Criterion | None:
        try:
            one = criterion(id_ if isinstance(id_, str) else "")
        except NoSuchCriterion:
            self._note(f"{where}.criterion", "a criterion's id such as dtac-2.0/C1.2.4", id_)
            return None
        if one.owner is not Bearer.maker:
            self._note(f"{where}.criterion", f"a criterion that a maker answers; this one is for the {one.owner}", id_)
        if one.id in self._claimed:
            self._note(f"{where}.criterion", "each criterion once", id_)
        self._claimed.add(one.id)
        return one

    def _evidence(self, where: str, told: Any) -> tuple[Ref, ...]:
        if not isinstance(told, list) or len(told) > _MOST_EVIDENCE or not all(isinstance(one, str) for one in told):
            self._note(f"{where}.evidence", f"a list of at most {_MOST_EVIDENCE} files or digests", told)
            return ()
        return tuple(ref for at, one in enumerate(told) if (ref := self._ref(f"{where}.evidence[{at}]", one)))

    def _ref(self, where: str, told: str) -> Ref | None:
        if found := _DIGEST.fullmatch(told):
            return Ref(found[1])
        if told in self._files and told != CLAIMS_NAME:
            return Ref(sha256(self._files[told]).hexdigest(), told)
        self._note(where, "another file of the package, or sha256: and 64 hexadecimal digits", told)
        return None

    def _sound(self, where: str, one: Criterion, claim: Claim) -> None:
        """What a state needs: evidence or an answer where it is done, a reason where it is exempt or still to do."""
        if claim.answer:
            self._sound_answer(where, one, claim.answer)
        if claim.state is State.done and not claim.evidence and not claim.answer:
            self._note(f"{where}.evidence", f"evidence, or an answer, for {one.id}", None)
        if claim.state is State.done and one.question and one.question.kind is Kind.provided and not claim.evidence:
            self._note(f"{where}.evidence", f"what is provided for {one.id}", None)
        if claim.state is not State.done and len(claim.reason.split()) < _FEWEST_WORDS:
            self._note(f"{where}.reason", f"why, in {_FEWEST_WORDS} words or more", claim.reason or None)

    def _sound_answer(self, where: str, one: Criterion, answer: str) -> None:
        allowed = answers_of(one.question) if one.question else ()
        if one.question is None:
            self._note(f"{where}.answer", f"no answer: {one.id} is not a question", answer)
        elif allowed and answer not in allowed:
            self._note(f"{where}.answer", f"one of {', '.join(allowed)}", answer)

    def _text(self, where: str, told: dict[str, Any], key: str) -> str:
        value = told.get(key, "")
        if not isinstance(value, str) or len(value) > _LONGEST or (key in told and not value.strip()):
            self._note(f"{where}.{key}", f"a text of at most {_LONGEST} characters", value)
            return ""
        return value

    def _note(self, key: str, expected: str, got: Any) -> None:
        told = "nothing" if got is None else (got if isinstance(got, str) else repr(got))
        self.faults.append(Fault(key[:_LONGEST_SHOWN], expected, ascii(told[:_LONGEST_SHOWN])))
