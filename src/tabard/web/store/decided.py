"""A decision that is public, with all that anybody may ask of it: found by the SHA-256 of the statement that was signed."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from tabard.accreditation import all_frameworks
from tabard.accreditation.claims import Evidence
from tabard.decision import Decision, Entry, plain_words, read_statement
from tabard.ground.dsse import Envelope
from tabard.ground.errors import NotFound
from tabard.product import touched
from tabard.store import CaseDetail, Signed
from tabard.web.store.counter import Counter
from tabard.web.store.standings import Judged, ShownEvidence, shown_evidence, standings_of

_FOUND = ("decided", "refused", "widened")


@dataclass(frozen=True, slots=True)
class ShownFramework:
    """A framework of the decision; `judged` is how its criteria stood, None where its text is not this store's any more."""

    id: str
    title: str
    version: str
    sha256: str
    judged: Judged | None


@dataclass(frozen=True, slots=True)
class Decided:
    """One public decision. `evidence` is everything that it rests on by digest, `since` what became of it, in order."""

    sha256: str
    envelope: Envelope
    decision: Decision
    detail: CaseDetail
    words: tuple[str, ...]
    signed_by: tuple[Signed, ...]
    entry: Entry
    since: tuple[Entry, ...]
    evidence: tuple[ShownEvidence, ...]
    items: tuple[Evidence, ...]
    frameworks: tuple[ShownFramework, ...]

    @property
    def published(self) -> datetime:
        """When it came to be public."""
        return self.entry.at


def decided(counter: Counter, statement_sha256: str) -> Decided:
    """The decision of that statement. Raises NotFound where none of that digest is public."""
    entries = counter.store.decisions()
    entry = next((one for one in entries if one.statement_sha256 == statement_sha256 and one.kind in _FOUND), None)
    if entry is None or not statement_sha256:
        raise NotFound("there is no such decision", remedy="look at the list of decisions")
    detail = counter.store.case_of(entry)
    envelope = _envelope(detail, statement_sha256)
    decision, manifest = read_statement(envelope.payload), detail.manifest
    items = _items(counter, decision)
    return Decided(
        sha256=statement_sha256,
        envelope=envelope,
        decision=decision,
        detail=detail,
        words=plain_words(decision, touched(manifest)),
        signed_by=counter.store.assessors.signers_of(envelope),
        entry=entry,
        since=tuple(one for one in entries if one.package_sha256 == entry.package_sha256 and one.seq > entry.seq),
        evidence=_evidence(decision, items),
        items=items,
        frameworks=_frameworks(counter, detail, decision, items),
    )


def _envelope(detail: CaseDetail, statement_sha256: str) -> Envelope:
    """The statement that stands, or the refusal that was reviewed."""
    for one in (detail.case.statement, detail.case.refusal, *detail.case.superseded):
        if one is not None and sha256(one.payload).hexdigest() == statement_sha256:
            return one
    raise NotFound("this decision is not kept any more", remedy="ask whoever runs the store")


def _items(counter: Counter, decision: Decision) -> tuple[Evidence, ...]:
    """The items of the maker's ledger that the decision names, whether they stand today or not."""
    named = frozenset(decision.evidence)
    entries = counter.store.evidence.ledger(decision.publisher).entries
    return tuple(one.evidence for one in entries if one.evidence and one.evidence.sha256 in named)


def _evidence(decision: Decision, items: tuple[Evidence, ...]) -> tuple[ShownEvidence, ...]:
    known = {one.sha256: one for one in items}
    named = (shown_evidence(known[one]) if one in known else ShownEvidence("An item", one) for one in decision.evidence)
    return (
        ShownEvidence("The package", decision.package_sha256, f"{decision.package_size:,} bytes"),
        ShownEvidence("The publisher's signed release", decision.release_sha256),
        ShownEvidence("What the rules found", decision.report_sha256),
        ShownEvidence("The rules themselves", decision.rules_sha256),
        ShownEvidence("The hazard log", decision.hazard_log_sha256),
        *named,
    )


def _frameworks(
    counter: Counter, detail: CaseDetail, decision: Decision, items: tuple[Evidence, ...]
) -> tuple[ShownFramework, ...]:
    """Each framework that the decision names; how its criteria stood is worked out again by the same text, on that day."""
    judged = standings_of(counter, detail, decision.decided.date(), items).frameworks
    stood = {(one.id, one.sha256): one for one in judged}
    titles = {one.id: one.title for one in all_frameworks()}
    return tuple(
        ShownFramework(one.id, titles.get(one.id, one.id), one.version, one.sha256, stood.get((one.id, one.sha256)))
        for one in decision.frameworks
    )
