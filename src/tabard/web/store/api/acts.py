"""What assessors and makers do to a case over the API: one body, one verb of the store each."""

from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

import msgspec
from starlette.responses import Response

from tabard.accreditation import MOST_AT_ONCE, Milestone, Terms
from tabard.accreditation.claims import Status
from tabard.decision import Accreditor, Condition, FirstOfType, Owner, Shown
from tabard.ground.errors import CallerError
from tabard.store import CaseDetail, Store
from tabard.web.store.api import views
from tabard.web.store.api.bodies import decoded
from tabard.web.store.api.json import answer


@dataclass(frozen=True, slots=True)
class Judged:
    """A request of an assessor whose signature was good."""

    store: Store
    who: Accreditor
    case_id: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Made:
    """A request of the publisher of that case; `by` is what the publisher is called."""

    store: Store
    by: str
    case_id: str
    body: bytes


class _Strict(msgspec.Struct, forbid_unknown_fields=True):
    pass


class _Assignment(_Strict):
    conflicts: str
    seen: int | None = None


class _Review(_Strict):
    rule: str
    reason: str
    verdict: str = "pass"
    place: str | None = None
    seen: int | None = None


class _Judgement(_Strict):
    criteria: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=MOST_AT_ONCE)]
    status: Status
    reason: str
    conditions: tuple[str, ...] = ()
    seen: int | None = None
    bases: dict[str, str] = {}


class _Question(_Strict):
    about: str
    words: str
    seen: int | None = None


class _Condition(_Strict):
    text: str
    owner: Owner = Owner.site
    due: date | None = None
    seen: int | None = None


class _Dropped(_Strict):
    condition: str
    seen: int | None = None


class _Met(_Strict):
    condition: str
    words: str
    evidence: str = ""
    seen: int | None = None


class _Draft(_Strict):
    months: int = 12
    conditions: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    exit_criteria: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    seen: int | None = None


class _Widening(_Strict):
    sites: tuple[str, ...] = ()
    shown: tuple[Shown, ...] = ()
    seen: int | None = None


class _Signature(_Strict):
    keyid: str
    sig: str
    statement_sha256: str


class _Reason(_Strict):
    reason: str
    seen: int | None = None


class _Seen(_Strict):
    seen: int | None = None


class _Reply(_Strict):
    question: int
    words: str


class _Address(_Strict):
    alone: bool = False


class _Plan(_Strict):
    condition: str
    steps: tuple[Milestone, ...]


def _assign(judged: Judged) -> Response:
    one = decoded(judged.body, _Assignment)
    return _case(judged.store.assign(judged.case_id, judged.who, one.conflicts, seen=one.seen))


def _review(judged: Judged) -> Response:
    one = decoded(judged.body, _Review)
    detail = judged.store.review(
        judged.case_id, judged.who, one.rule, one.reason, verdict=one.verdict, place=one.place, seen=one.seen
    )
    return _case(detail)


def _judge(judged: Judged) -> Response:
    one = decoded(judged.body, _Judgement)
    words = (one.criteria, one.status, one.reason, one.conditions)
    return _case(judged.store.judge(judged.case_id, judged.who, *words, seen=one.seen, bases=one.bases))


def _refer_back(judged: Judged) -> Response:
    one = decoded(judged.body, _Question)
    return _case(judged.store.refer_back(judged.case_id, judged.who, one.about, one.words, seen=one.seen))


def _add_condition(judged: Judged) -> Response:
    one = decoded(judged.body, _Condition)
    return _case(judged.store.add_condition(judged.case_id, judged.who, one.text, one.owner, one.due, seen=one.seen))


def _drop_condition(judged: Judged) -> Response:
    one = decoded(judged.body, _Dropped)
    return _case(judged.store.drop_condition(judged.case_id, judged.who, one.condition, seen=one.seen))


def _meet(judged: Judged) -> Response:
    one = decoded(judged.body, _Met)
    return _case(judged.store.meet(judged.case_id, judged.who, one.condition, one.words, one.evidence, seen=one.seen))


def _draft(judged: Judged) -> Response:
    one = decoded(judged.body, _Draft)
    first = FirstOfType(one.sites, one.exit_criteria) if one.sites or one.exit_criteria else None
    terms = Terms(
        months=one.months,
        conditions=tuple(Condition("", words.strip()) for words in one.conditions),
        first_of_type=first,
        grounds=one.grounds,
        evidence=one.evidence,
    )
    return _case(judged.store.draft(judged.case_id, judged.who, terms, seen=one.seen))


def _sign(judged: Judged) -> Response:
    one = decoded(judged.body, _Signature)
    try:
        signature = b64decode(one.sig, validate=True)
    except ValueError as fault:
        raise CallerError("the signature cannot be read", where="sig", expected="base64") from fault
    return _case(judged.store.sign(judged.case_id, judged.who, one.keyid, signature, one.statement_sha256))


def _recheck(judged: Judged) -> Response:
    return _case(judged.store.recheck(judged.case_id, judged.who, seen=decoded(judged.body, _Seen).seen))


def _reopen(judged: Judged) -> Response:
    return _case(judged.store.reopen(judged.case_id, judged.who, seen=decoded(judged.body, _Seen).seen))


def _suspend(judged: Judged) -> Response:
    one = decoded(judged.body, _Reason)
    return _case(judged.store.suspend(judged.case_id, judged.who, one.reason, seen=one.seen))


def _reinstate(judged: Judged) -> Response:
    one = decoded(judged.body, _Reason)
    return _case(judged.store.reinstate(judged.case_id, judged.who, one.reason, seen=one.seen))


def _reply(made: Made) -> Response:
    one = decoded(made.body, _Reply)
    return _progress(made.store.reply(made.case_id, made.by, one.question, one.words))


def _plan(made: Made) -> Response:
    one = decoded(made.body, _Plan)
    return _progress(made.store.plan(made.case_id, made.by, one.condition, one.steps))


def _ask_review(made: Made) -> Response:
    return _progress(made.store.ask_review(made.case_id, made.by, decoded(made.body, _Reason).reason))


def _withdraw(made: Made) -> Response:
    return _progress(made.store.withdraw(made.case_id, made.by, decoded(made.body, _Reason).reason))


def _address(made: Made) -> Response:
    """A fresh address of the maker's page; with `alone`, every earlier one ceases."""
    alone = decoded(made.body, _Address).alone
    secret = made.store.addresses.begin(made.case_id, alone=alone)
    return answer({"case": made.case_id, "address": views.address(made.case_id, secret)}, 201)


def _widen(judged: Judged) -> Response:
    one = decoded(judged.body, _Widening)
    return _case(judged.store.widen(judged.case_id, judged.who, one.sites, one.shown, seen=one.seen))


def _drop_widening(judged: Judged) -> Response:
    decoded(judged.body, _Seen)
    return _case(judged.store.drop_widening(judged.case_id, judged.who))


def _submit_draft(made: Made) -> Response:
    return _progress(made.store.submit_draft(made.case_id, made.by))


def _case(detail: CaseDetail) -> Response:
    return answer(views.whole(detail), 201)


def _progress(detail: CaseDetail) -> Response:
    return answer(views.progress(detail), 201)


JUDGING: Mapping[str, Callable[[Judged], Response]] = {
    "assignments": _assign,
    "reviews": _review,
    "judgements": _judge,
    "questions": _refer_back,
    "conditions": _add_condition,
    "conditions/dropped": _drop_condition,
    "conditions/met": _meet,
    "drafts": _draft,
    "signatures": _sign,
    "rechecks": _recheck,
    "reopenings": _reopen,
    "suspensions": _suspend,
    "reinstatements": _reinstate,
    "widenings": _widen,
    "widenings/dropped": _drop_widening,
}
"""What assessors do, by the last part of its address under `/api/cases/CASE`."""

MAKING: Mapping[str, Callable[[Made], Response]] = {
    "replies": _reply,
    "plans": _plan,
    "reviews": _ask_review,
    "withdrawals": _withdraw,
    "submission": _submit_draft,
    "addresses": _address,
}
"""What a maker does with a case of theirs, by the last part of its address under `/api/submissions/CASE`."""
