"""Judging: what assessors do to a case until it is decided, each step in one transaction. Who they are was proven before."""

import hmac
from dataclasses import replace
from datetime import date
from functools import reduce
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Connection

from tabard.accreditation import (
    Case,
    Status,
    Terms,
    TriedAt,
    Verdict,
    add_condition,
    add_signature,
    check_again,
    check_taken,
    draft,
    drop_condition,
    frameworks,
    refer_back,
    reopen,
    review,
    take,
)
from tabard.catalogue import Publishing
from tabard.decision import Accreditor, FrameworkUsed, Owner, Reviewed, read_statement
from tabard.ground.time import Clock
from tabard.product import read_package
from tabard.store.cases import Cases, Kept, Told
from tabard.store.documents import Documents
from tabard.store.errors import MovedOn, NotTaken, NotYours
from tabard.store.evidence import Evidences
from tabard.store.folder import Folder
from tabard.store.lines import one_line
from tabard.store.publishers import Publishers

_STANDS = (Verdict.passed, Verdict.not_applicable)


class Judging(NamedTuple):
    """The assessors' verbs."""

    folder: Folder
    cases: Cases
    publishers: Publishers
    publishing: Publishing
    evidence: Evidences
    documents: Documents
    verifier: str
    clock: Clock

    def assign(self, case_id: str, who: Accreditor, conflicts: str, *, seen: int | None = None) -> Kept:
        """Take a case on, with a word on conflicts of interest. Raises what `accreditation.take` raises."""
        conflicts = one_line(conflicts)
        told = Told("assigned", who.name, f"as {who.role}; conflict of interest: {conflicts}")
        return self.cases.change(case_id, lambda case: take(case, who, conflicts, self.clock()), told, seen)

    def review(
        self,
        case_id: str,
        who: Accreditor,
        rule: str,
        reason: str,
        *,
        verdict: str = Verdict.passed,
        place: str | None = None,
        seen: int | None = None,
    ) -> Kept:
        """Put a person's word in the place of what the rule could not assess: at `place`, or wherever it could not.

        Raises NotTaken for a verdict that does not stand, and what `accreditation.review` raises.
        """
        if verdict not in _STANDS:
            raise NotTaken(
                "this verdict cannot stand in the place of a rule",
                expected=" or ".join(_STANDS),
                got=verdict,
                remedy="refer the case back with a question, or refuse it",
            )

        reason = one_line(reason)

        def act(case: Case) -> Case:
            places = [one.place for one in case.unreviewed if one.rule == rule] if place is None else [place]
            words = (Reviewed(rule, verdict, at, reason, who.name, who.role) for at in places or [""])
            return reduce(lambda before, word: review(before, who, word), words, case)

        return self.cases.change(case_id, act, Told("reviewed", who.name, f"{rule}: {verdict}: {reason}"), seen)

    def refer_back(self, case_id: str, who: Accreditor, about: str, words: str, *, seen: int | None = None) -> Kept:
        """Ask the maker something that must be answered. Raises what `accreditation.refer_back` raises."""
        words, about = one_line(words), one_line(about or "case")
        told = Told("referred_back", who.name, f"{about}: {words}")
        return self.cases.change(case_id, lambda case: refer_back(case, who, about, words, self.clock()), told, seen)

    def add_condition(
        self, case_id: str, who: Accreditor, text: str, owner: Owner, due: date | None, *, seen: int | None = None
    ) -> Kept:
        """Set one more condition of the decision. Raises what `accreditation.add_condition` raises."""
        text = one_line(text)
        told = Told("condition", who.name, f"{text} ({owner}{f', by {due:%Y-%m-%d}' if due else ''})")
        return self.cases.change(
            case_id, lambda case: add_condition(case, who, text, owner, due, self.clock()), told, seen
        )

    def drop_condition(self, case_id: str, who: Accreditor, condition: str, *, seen: int | None = None) -> Kept:
        """Take a condition away again. Raises what `accreditation.drop_condition` raises."""
        told = Told("condition_dropped", who.name, one_line(condition))
        return self.cases.change(case_id, lambda case: drop_condition(case, who, condition), told, seen)

    def draft(self, case_id: str, who: Accreditor, terms: Terms, *, seen: int | None = None) -> Kept:
        """Write the statement that will be signed, judged by the frameworks of today. Raises what `accreditation.draft` raises."""
        kept = self.cases.get(case_id)
        package = read_package(self.folder.package(kept.case.package_sha256).read_bytes())
        keys = tuple(
            key.pem for key in self.publishers.keys_now(kept.case.publisher) if key.keyid == kept.release_keyid
        )
        if not keys:
            raise NotTaken(
                "the key that signed this release is not in force any more",
                where=case_id,
                remedy="the publisher submits a next version, signed with a key that is",
            )
        now, terms = self.clock().replace(microsecond=0), self._whole(terms, kept.case)
        items = self.evidence.standing(kept.case.publisher, kept.case.product)

        def act(case: Case) -> Case:
            check_taken(case, who)
            return draft(case, package, keys, verifier=self.verifier, now=now, terms=terms, evidence=items)

        def also(_connection: Connection, after: Case) -> None:
            self.documents.keep(after, package, items)

        return self.cases.change(case_id, act, Told("drafted", who.name, _words(terms)), seen, also)

    def recheck(self, case_id: str, who: Accreditor, *, seen: int | None = None) -> Kept:
        """Have the rules run once more. Raises what `accreditation.check_again` raises."""
        told = Told("recheck", who.name, "the rules run once more")
        kept = self.cases.change(case_id, lambda case: check_again(case, who, self.clock()), told, seen)
        self.cases.note(case_id, "", tries=0)
        return kept

    def reopen(self, case_id: str, who: Accreditor, *, seen: int | None = None) -> Kept:
        """Drop the statement and whoever signed it; the case is in review again. Raises what `accreditation.reopen` raises."""
        told = Told("reopened", who.name, "the statement is dropped, with its signatures")
        return self.cases.change(case_id, lambda case: reopen(case, who, self.clock()), told, seen)

    def sign(self, case_id: str, who: Accreditor, keyid: str, signature: bytes, statement_sha256: str) -> Kept:
        """Add a person's signature over the statement of that digest. Raises MovedOn when it is another one by now."""
        trust, now = self.publishing.trust(), self.clock()
        if keyid not in {key.keyid for key in who.keys}:
            raise NotYours("this is another person's key", where=case_id, got=keyid)

        self._check_evidence(self.cases.get(case_id).case)

        def act(case: Case) -> Case:
            payload = case.statement.payload if case.statement else b""
            if not hmac.compare_digest(sha256(payload).hexdigest(), statement_sha256):
                raise MovedOn(
                    "this is not the statement that stands", where=case_id, remedy="read the case again, then sign"
                )
            return add_signature(case, keyid, signature, trust=trust, now=now)

        kept = self.cases.change(case_id, act, Told("signed", who.name, f"as {who.role}, by key {keyid}"))
        if kept.case.status is Status.decided:
            words = f"{kept.case.outcome}: a person of each role that is needed has signed"
            self.cases.tell(case_id, Told("decided", "the store", words))
        return kept

    def _check_evidence(self, case: Case) -> None:
        """Raises MovedOn where something ended or was taken back that an accreditation to be signed names."""
        decision = read_statement(case.statement.payload) if case.statement else None
        if decision is None or decision.grounds:
            return
        if gone := self.evidence.fallen(case.publisher, decision.evidence):
            raise MovedOn(
                "evidence that this decision names stands no more",
                where=case.id,
                got=gone[0],
                remedy="look at the criteria that it served; drop the draft and draft it again",
            )

    def _whole(self, terms: Terms, case: Case) -> Terms:
        """The terms with plain lines, the frameworks in force, the evidence that stands today, and with what it was tried."""
        lines = tuple(map(one_line, terms.grounds))
        conditions = tuple(replace(one, text=one_line(one.text)) for one in terms.conditions)
        first = terms.first_of_type
        if first is not None:
            first = replace(first, exit_criteria=tuple(map(one_line, first.exit_criteria)))
        items = (one.sha256 for one in self.evidence.standing(case.publisher, case.product))
        found = tuple(dict.fromkeys((*terms.evidence, *items)))
        if gone := self.evidence.fallen(case.publisher, found):
            raise NotTaken(
                "this evidence stands no more", where="evidence", got=gone[0], remedy="name what stands in its place"
            )
        used = tuple(FrameworkUsed(one.id, one.version, one.sha256) for one in frameworks(self.clock().date()))
        tried = case.report.tried if case.report else TriedAt()  # as the trial says: nobody types it
        return replace(
            terms,
            grounds=lines,
            conditions=conditions,
            first_of_type=first,
            frameworks=used,
            evidence=found,
            tabard_versions=tried.tabard_versions,
            dialects=tried.dialects,
        )


def _words(terms: Terms) -> str:
    parts = [f"valid for {terms.months} months"]
    parts += [f"refused: {one}" for one in terms.grounds]
    parts += [str(one) for one in terms.conditions] or ["no further conditions"]
    if terms.first_of_type is not None:
        parts.append(f"first of its type, for {', '.join(terms.first_of_type.sites)}")
    return "; ".join(parts)
