"""How each criterion stands, as pages show it: by framework and section, with the claim, the evidence and the findings beside it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from tabard.accreditation import RULES, Criterion, Framework, criteria_for, frameworks, product_class, set_aside
from tabard.accreditation.claims import (
    Claim,
    Evidence,
    Known,
    Ref,
    Standing,
    State,
    Status,
    holding_up,
    known_of as judged_by,
    standings,
)
from tabard.store import CaseDetail
from tabard.web.store.counter import Counter
from tabard.web.store.words import ShownFinding, shown_findings

STANDINGS: dict[Status, tuple[str, str]] = {
    Status.not_met: ("Not met", "red"),
    Status.not_assessed: ("Not assessed", "yellow"),
    Status.met_with_conditions: ("Met, with conditions", "aqua-green"),
    Status.met: ("Met", "green"),
    Status.not_applicable: ("Not applicable", "grey"),
}
"""Each standing in words and a colour, what holds a product up first."""

_STATES = {State.done: "Done", State.todo: "Still to do", State.exempt: "Does not apply"}
_LEVELS = {"must": "Must be met", "should": "Should be met", "score": "Compared alone, never failed"}


@dataclass(frozen=True, slots=True)
class ShownEvidence:
    """One item: what it is called, and its SHA-256."""

    title: str
    sha256: str
    dates: str = ""


@dataclass(frozen=True, slots=True)
class ShownClaim:
    """The maker's word."""

    state: str
    words: str
    evidence: tuple[ShownEvidence, ...]


@dataclass(frozen=True, slots=True)
class ShownCriterion:
    """One criterion with all that is known of it; `holds_up` where it must be met and is not."""

    id: str
    number: str
    title: str
    asks: str
    level: str
    status: Status
    word: str
    colour: str
    because: tuple[str, ...]
    claim: ShownClaim | None
    findings: tuple[ShownFinding, ...]
    asked: int
    holds_up: bool


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a framework. `counted` says how many stand how."""

    title: str
    counted: str
    criteria: tuple[ShownCriterion, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A framework as far as it is asked of the product. `counts` has a number for each of STANDINGS."""

    id: str
    title: str
    version: str
    sha256: str
    counts: tuple[int, ...]
    sections: tuple[Section, ...]

    @property
    def criteria(self) -> tuple[ShownCriterion, ...]:
        """All of its criteria."""
        return tuple(one for section in self.sections for one in section.criteria)


@dataclass(frozen=True, slots=True)
class Standings:
    """All of them for one case: by framework, how many musts are not met and not assessed, and what is not asked with the reason."""

    frameworks: tuple[Judged, ...]
    broken: int
    open: int
    aside: tuple[tuple[str, str, str], ...]
    fault: str


def standings_of(
    counter: Counter, detail: CaseDetail, on: date, evidence: tuple[Evidence, ...] | None = None
) -> Standings:
    """How the criteria stand of which a maker is asked on that day, by this `evidence`, or by what stands today."""
    case, basis = detail.case, counter.bases.of(detail.case.package_sha256)
    classed = product_class(detail.manifest)
    criteria = criteria_for(classed, on)
    items = counter.store.evidence.standing(case.publisher, case.product) if evidence is None else evidence
    known = known_of(counter, detail, items)
    found = standings(criteria, known, on, rules=RULES)
    held = holding_up(criteria, found)
    shown = _Showing(detail, known, {one.criterion for one in held})
    each = [shown.criterion(one, standing) for one, standing in zip(criteria, found, strict=True)]
    broken = sum(1 for one in held if one.status is Status.not_met)
    return Standings(
        frameworks=tuple(_judged(frameworks(on), each)),
        broken=broken,
        open=len(held) - broken,
        aside=tuple((one.id, one.title, why) for one, why in set_aside(classed, on)),
        fault=basis.fault,
    )


def known_of(counter: Counter, detail: CaseDetail, evidence: tuple[Evidence, ...]) -> Known:
    """What is known of a case when its criteria are judged."""
    claims = counter.bases.of(detail.case.package_sha256).claims
    return judged_by(detail.case, detail.manifest, claims, evidence)


def counted(criteria: Iterable[ShownCriterion]) -> str:
    """How many stand how, in a sentence."""
    each = tuple(criteria)
    told = ((sum(1 for one in each if one.status is status), word) for status, (word, _) in STANDINGS.items())
    return ", ".join(f"{number} {word[0].lower()}{word[1:]}" for number, word in told if number)


def evidence_of(ref: Ref, items: Iterable[Evidence]) -> ShownEvidence:
    """What a claim points at: a file of the package, an item of the ledger, or a digest of which no more is known."""
    if ref.file:
        return ShownEvidence(f"{ref.file} in the package", ref.sha256)
    item = next((one for one in items if one.sha256 == ref.sha256), None)
    return shown_evidence(item) if item else ShownEvidence("An item that is not in the ledger", ref.sha256)


def shown_evidence(item: Evidence) -> ShownEvidence:
    """An item of the ledger: title, kind, and from when until when."""
    until = f", until {item.expires:%d-%b-%Y}" if item.expires else ""
    return ShownEvidence(
        f"{item.title} ({item.kind.replace('-', ' ')})", item.sha256, f"of {item.made:%d-%b-%Y}{until}"
    )


@dataclass(frozen=True, slots=True)
class _Showing:
    """What one case says of a criterion."""

    detail: CaseDetail
    known: Known
    held: set[str]

    def criterion(self, one: Criterion, standing: Standing) -> ShownCriterion:
        word, colour = STANDINGS[standing.status]
        claim, case = self.known.claims.of(one.id), self.detail.case
        findings = tuple(each for each in self.known.findings if each.rule in standing.rules)
        rank = f", {one.rank}" if one.rank else ""
        return ShownCriterion(
            id=one.id,
            number=one.number,
            title=one.title,
            asks=one.asks,
            level=f"{_LEVELS.get(one.level, one.level)}{rank}",
            status=standing.status,
            word=word,
            colour=colour,
            because=(*standing.because, *(f"on condition: {text}" for text in standing.conditions)),
            claim=self._claim(claim) if claim else None,
            findings=shown_findings(findings, case.reviews),
            asked=sum(1 for each in case.remarks if each.about == one.id and each.is_question),
            holds_up=one.id in self.held,
        )

    def _claim(self, claim: Claim) -> ShownClaim:
        until = f" by {claim.by:%d-%b-%Y}" if claim.by else ""
        answer = f"The answer is “{claim.answer}”. " if claim.answer else ""
        words = f"{answer}{claim.reason}".strip()
        evidence = tuple(evidence_of(ref, self.known.evidence) for ref in claim.evidence)
        return ShownClaim(f"{_STATES[claim.state]}{until}", words, evidence)


def _judged(shelf: Iterable[Framework], shown: list[ShownCriterion]) -> Iterable[Judged]:
    """The criteria by framework and section, in their order."""
    for framework in shelf:
        section_of = {one.id: one.section for one in framework.criteria}
        mine = [one for one in shown if one.id in section_of]
        if mine:
            parts = groupby(mine, key=lambda one: section_of[one.id])
            sections = tuple(_section(title or framework.title, tuple(each)) for title, each in parts)
            yield _whole(framework, mine, sections)


def _section(title: str, criteria: tuple[ShownCriterion, ...]) -> Section:
    return Section(title, counted(criteria), criteria)


def _whole(framework: Framework, mine: list[ShownCriterion], sections: tuple[Section, ...]) -> Judged:
    counts = tuple(sum(1 for one in mine if one.status is status) for status in STANDINGS)
    return Judged(framework.id, framework.title, framework.version, framework.sha256, counts, sections)
