"""Looking at cases: the queue a row each, and one case with all that an assessor must see before signing."""

from collections.abc import Iterable
from typing import NamedTuple

from tabard.accreditation import (
    BadHazardLog,
    Case,
    HazardLog,
    Status,
    missing_roles,
    read_hazard_log,
    service,
    was_submitted,
)
from tabard.decision import NEEDED, ROLES, Outcome, Role, plain_words, read_statement
from tabard.ground.errors import NotFound
from tabard.ground.time import Clock
from tabard.product import touched, touches
from tabard.store.cases import Cases, Kept
from tabard.store.changes import changes, first_words
from tabard.store.model import CaseDetail, CaseRow, Signed
from tabard.store.people import Assessors
from tabard.store.publishers import Publishers
from tabard.store.versions import as_numbers
from tabard.store.working import MOST_TRIES

_NEXT = {
    Status.draft: "It is a draft, which only its publisher sees: submit it when it is ready.",
    Status.submitted: "The rules will run; look again in a minute.",
    Status.checking: "The rules run; look again in a minute.",
    Status.decided: "All who are needed have signed; it is public in a moment.",
    Status.published: "Hospitals can install it.",
    Status.suspended: "It is listed no more; two people of different roles may reinstate it.",
    Status.withdrawn: "Its publisher took it back; a next version may be submitted.",
    Status.expired: "The decision's time is over; the publisher may submit a next version.",
}
_REFUSED = (
    "It is refused, for the grounds that are signed; within 28 days the publisher may ask other people to review that."
)


class Looking(NamedTuple):
    """The cases as people see them."""

    cases: Cases
    assessors: Assessors
    publishers: Publishers
    clock: Clock

    def rows(self) -> tuple[CaseRow, ...]:
        """Every case that was ever submitted, newest first: a maker's draft is nobody else's."""
        return tuple(self.row(kept) for kept in self.cases.all() if was_submitted(kept.case))

    def row(self, kept: Kept) -> CaseRow:
        """That case in a row."""
        case, report = kept.case, kept.case.report
        happened = self.cases.happened(case.id)
        signed = self.assessors.signers_of(case.statement)
        publisher, clock = self.publishers.find(case.publisher), service(case, self.clock())
        return CaseRow(
            id=case.id,
            product=case.product,
            name=kept.manifest.name,
            version=case.version,
            publisher=case.publisher,
            publisher_name=publisher.name if publisher else case.publisher,
            status=case.status,
            submitted=case.submitted,
            changed=happened[-1].at if happened else case.submitted,
            next_step=next_step(kept, signed),
            signed_by=signed,
            failing=len(report.failing) if report else 0,
            unassessed=len(report.unassessed) if report else 0,
            unreviewed=len(case.unreviewed),
            product_class=case.product_class,
            outcome=case.outcome or "",
            used_days=clock.used_days,
            of_days=clock.of_days,
            taken_by=tuple(one.id for one in case.taken if one.is_free),
        )

    def detail(self, case_id: str) -> CaseDetail:
        """All of that case. Raises NotFound."""
        kept = self.cases.get(case_id)
        case, manifest = kept.case, kept.manifest
        decision = read_statement(case.statement.payload) if case.statement else None
        return CaseDetail(
            row=self.row(kept),
            case=case,
            version=kept.version,
            manifest=manifest,
            touches=touches(manifest),
            hazards=_hazards(kept),
            changed=self.changed(kept),
            decision=decision,
            words=plain_words(decision, touched(manifest)) if decision else (),
            happened=self.cases.happened(case_id),
            progress=kept.progress,
            is_stuck=is_stuck(kept),
            package_size=kept.package_size,
            release_keyid=kept.release_keyid,
        )

    def of_package(self, product: str, package_sha256: str) -> CaseDetail:
        """All of the case that is about that package. Raises NotFound."""
        for kept in self.cases.of_product(product):
            if kept.case.package_sha256 == package_sha256:
                return self.detail(kept.case.id)
        raise NotFound("there is no such case", remedy="look at the list of decisions")

    def changed(self, kept: Kept) -> tuple[str, ...]:
        """What is other than in the version published before it."""
        mine = as_numbers(kept.case.version)
        older = [
            one
            for one in self.cases.of_product(kept.case.product)
            if one.case.is_listed and as_numbers(one.case.version) < mine
        ]
        if not older:
            return first_words(kept)
        before = max(older, key=lambda one: as_numbers(one.case.version))
        return (f"Compared with {before.case.version}:", *changes(before, kept))


def next_step(kept: Kept, signed: tuple[Signed, ...]) -> str:
    """Who must do what, in words."""
    case = kept.case
    if is_stuck(kept):
        return (
            "Our checker failed on it; whoever runs the store must look why. The same package may be submitted again."
        )
    if case.status is Status.signing:
        done, needed = {one.role for one in signed}, _needed(case)
        missing = _listed(role for role in Role if role in needed - done)
        return f"The decision is drafted: {missing or 'another person'} must sign it."
    if case.status is Status.in_review:
        return _in_review(case)
    if case.status is Status.referred_back:
        return _referred_back(case)
    if case.widening is not None:
        return "Hospitals that are named can install it; what lets it go further is drafted and waits for signatures."
    return _REFUSED if case.outcome is Outcome.refused and case.status is Status.published else _NEXT[case.status]


def _in_review(case: Case) -> str:
    if missing := missing_roles(case):
        return f"{_listed(missing).capitalize()} must take it on, and say whether they have a conflict of interest."
    if left := len(case.unreviewed):
        return f"Assessors must review {left} finding{'' if left == 1 else 's'} that no machine could assess."
    return "Assessors must judge what waits of its criteria; then one of them drafts the decision."


def _referred_back(case: Case) -> str:
    if open_ := len(case.questions):
        return f"The publisher must answer {open_} question{'' if open_ == 1 else 's'}."
    return "The publisher must mend what the rules found, and submit a next version."


def _listed(roles: Iterable[Role]) -> str:
    """Roles as they stand in a sentence: `a, b and c`."""
    names = [f"an {name}" if (name := ROLES[role])[0] in "aeiou" else f"a {name}" for role in roles]
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def _needed(case: Case) -> frozenset[Role]:
    return NEEDED[read_statement(case.statement.payload).product_class] if case.statement else frozenset(Role)


def _hazards(kept: Kept) -> HazardLog | None:
    try:
        return read_hazard_log(kept.hazards)
    except BadHazardLog:
        return None


def is_stuck(kept: Kept) -> bool:
    """Whether our checker failed on it as often as it is tried."""
    if kept.case.status is Status.draft:
        return kept.case.report is None and kept.tries >= MOST_TRIES
    return kept.case.status in (Status.submitted, Status.checking) and kept.tries > MOST_TRIES
