"""Letting what was the first of its type go further, at the store: on evidence that its maker's ledger holds."""

from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Connection

from tabard.accreditation import Case, draft_widening, drop_widening, sign_widening, signers
from tabard.catalogue import Publishing
from tabard.decision import Accreditor, Shown, read_statement
from tabard.ground.dsse import Envelope
from tabard.ground.time import Clock
from tabard.store.cases import Cases, Kept, Told
from tabard.store.decision_log import DecisionLog, as_published
from tabard.store.errors import MovedOn, NotTaken, NotYours
from tabard.store.evidence import Evidences
from tabard.store.lines import one_line
from tabard.store.publishers import ods_code


class WideningDesk(NamedTuple):
    """The assessors' verbs by which a first-of-type decision is superseded by one that goes further."""

    cases: Cases
    evidence: Evidences
    publishing: Publishing
    log: DecisionLog
    verifier: str
    clock: Clock

    def draft(
        self, case_id: str, who: Accreditor, sites: tuple[str, ...], shown: tuple[Shown, ...], seen: int | None
    ) -> Kept:
        """Draft the statement. Raises NotTaken for evidence that does not stand, and what `accreditation.draft_widening` raises."""
        now, case = self.clock().replace(microsecond=0), self.cases.get(case_id).case
        places = tuple(map(ods_code, sites))
        told = tuple(Shown(one.criterion, ods_code(one.site), one_line(one.words), one.evidence) for one in shown)
        standing = {one.sha256 for one in self.evidence.standing(case.publisher, case.product)}
        if missing := [one.evidence for one in told if one.evidence not in standing]:
            raise NotTaken(
                "no evidence of this digest stands in the maker's ledger",
                where=case_id,
                got=", ".join(missing),
                remedy="have the maker add it: tabard product evidence add",
            )
        words = f"to {', '.join(places) or 'every site'}, {len(told)} shown"
        return self.cases.change(
            case_id,
            lambda before: draft_widening(before, who, places, told, verifier=self.verifier, now=now),
            Told("widening", who.name, words),
            seen,
        )

    def drop(self, case_id: str, who: Accreditor) -> Kept:
        """Drop what was drafted, with its signatures. Raises what `accreditation.drop_widening` raises."""
        told = Told("widening_dropped", who.name, "what would have widened it is dropped")
        return self.cases.change(case_id, lambda case: drop_widening(case, who), told)

    def is_meant(self, case_id: str, statement_sha256: str) -> bool:
        """Whether the statement of that digest is the one that would widen the case. Raises NotFound."""
        widening = self.cases.get(case_id).case.widening
        return widening is not None and _digest(widening) == statement_sha256

    def sign(self, case_id: str, who: Accreditor, keyid: str, signature: bytes, statement_sha256: str) -> Kept:
        """Add a person's signature on what would widen it; with the last that is needed the new decision stands, and is logged.

        Raises MovedOn when it is another statement by now, NotYours, and what `accreditation.sign_widening` raises.
        """
        trust, now = self.publishing.trust(), self.clock()
        if keyid not in {key.keyid for key in who.keys}:
            raise NotYours("this is another person's key", where=case_id, got=keyid)
        self._check_evidence(self.cases.get(case_id).case)

        def act(case: Case) -> Case:
            if case.widening is None or _digest(case.widening) != statement_sha256:
                raise MovedOn(
                    "this is not the statement that stands", where=case_id, remedy="read the case again, then sign"
                )
            return sign_widening(case, keyid, signature, trust=trust, now=now)

        def also(connection: Connection, case: Case) -> None:
            if case.widening is None:
                by = tuple(map(as_published, signers(case, trust)))
                words = (
                    f"{case.product} {case.version}: {case.outcome}, in the place of the decision for its first sites"
                )
                self.log.append(connection, case, "widened", by, words, now)

        told = Told("signed", who.name, f"as {who.role}, by key {keyid}, what widens it")
        return self.cases.change(case_id, act, told, also=also)

    def _check_evidence(self, case: Case) -> None:
        """Raises MovedOn where something fell since that the draft rests on."""
        shown = read_statement(case.widening.payload).widening if case.widening else None
        gone = self.evidence.fallen(case.publisher, tuple(one.evidence for one in shown.shown)) if shown else ()
        if gone:
            raise MovedOn(
                "evidence that this decision names stands no more",
                where=case.id,
                got=gone[0],
                remedy="drop the draft, and draft it again on what stands",
            )


def _digest(statement: Envelope) -> str:
    return sha256(statement.payload).hexdigest()
