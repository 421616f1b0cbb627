"""How each criterion stands, as pages show it: by framework and section, with the claim, the evidence and the findings beside it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from tabard.accreditation import RULES, Framework, Status as Stage, criteria_for, frameworks, product_class, set_aside
from tabard.accreditation.claims import Evidence, Known, Status, holding_up, known_of as judged_by, standings
from tabard.decision import Accreditor
from tabard.store import CaseDetail
from tabard.web.store.counter import Counter
from tabard.web.store.shown import (
    MINE,
    STANDINGS,
    Showing,
    ShownCriterion,
    ShownEvidence,
    evidence_of,
    is_judging,
    shown_evidence,
)

__all__ = [
    "STANDINGS",
    "Judged",
    "Section",
    "ShownCriterion",
    "ShownEvidence",
    "Standings",
    "counted",
    "evidence_of",
    "known_of",
    "shown_evidence",
    "standings_of",
]


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a framework. `key` is its anchor; `counted` says how many stand how."""

    key: str
    title: str
    counted: str
    criteria: tuple[ShownCriterion, ...]

    @property
    def mine(self) -> int:
        """How many wait for whoever looks."""
        return sum(1 for one in self.criteria if one.waits == MINE)

    @property
    def boxes(self) -> tuple[ShownCriterion, ...]:
        """Those that whoever looks can judge."""
        return tuple(one for one in self.criteria if one.basis)

    @property
    def done(self) -> int:
        """How many of these the maker says are done."""
        return sum(1 for one in self.boxes if one.is_done)


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

    @property
    def criteria(self) -> tuple[ShownCriterion, ...]:
        """All of them, in their order."""
        return tuple(one for each in self.frameworks for one in each.criteria)


def standings_of(
    counter: Counter,
    detail: CaseDetail,
    on: date,
    evidence: tuple[Evidence, ...] | None = None,
    who: Accreditor | None = None,
) -> Standings:
    """How the criteria stand of which a maker is asked on that day, by this `evidence`, or by what stands today, as `who` sees them."""
    case, basis = detail.case, counter.bases.of(detail.case.package_sha256)
    classed = product_class(detail.manifest)
    criteria = criteria_for(classed, on)
    items = counter.store.evidence.standing(case.publisher, case.product) if evidence is None else evidence
    known = known_of(counter, detail, items)
    found = standings(criteria, known, on, rules=RULES)
    held = holding_up(criteria, found)
    may_judge = who is not None and case.status is Stage.in_review and is_judging(case, who)
    bare = standings(criteria, replace(known, judgements=()), on, rules=RULES) if may_judge else found
    shown = Showing(
        detail,
        known,
        frozenset(one.criterion for one in held),
        {one.criterion: one for one in bare},
        who,
        may_judge,
    )
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


def _judged(shelf: Iterable[Framework], shown: list[ShownCriterion]) -> Iterable[Judged]:
    """The criteria by framework and section, in their order."""
    for framework in shelf:
        section_of = {one.id: one.section for one in framework.criteria}
        mine = [one for one in shown if one.id in section_of]
        if mine:
            parts = groupby(mine, key=lambda one: section_of[one.id])
            sections = tuple(
                _section(f"{framework.id}-s{number}", title or framework.title, tuple(each))
                for number, (title, each) in enumerate(parts, 1)
            )
            yield _whole(framework, mine, sections)


def _section(key: str, title: str, criteria: tuple[ShownCriterion, ...]) -> Section:
    return Section(key, title, counted(criteria), criteria)


def _whole(framework: Framework, mine: list[ShownCriterion], sections: tuple[Section, ...]) -> Judged:
    counts = tuple(sum(1 for one in mine if one.status is status) for status in STANDINGS)
    return Judged(framework.id, framework.title, framework.version, framework.sha256, counts, sections)
