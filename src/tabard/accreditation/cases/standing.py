"""What becomes of a case once it is decided: published, suspended, reinstated, withdrawn, expired, a refusal reviewed."""

from dataclasses import replace
from datetime import datetime, timedelta

from tabard.accreditation.cases.model import Case, Said, Status
from tabard.accreditation.cases.moving import move, must_be
from tabard.accreditation.cases.steps import check_reason
from tabard.accreditation.cases.taking import check_stranger
from tabard.accreditation.errors import Barred, NotNow
from tabard.decision import Accreditor, Outcome, read_statement

REVIEW_WITHIN = timedelta(days=28)
"""For so long after a refusal its maker may ask for a review of it."""

_BEFORE = (
    Status.draft,
    Status.submitted,
    Status.checking,
    Status.in_review,
    Status.referred_back,
    Status.signing,
)


def publish(case: Case, now: datetime) -> Case:
    """The case, now that its decision is public. Raises NotNow unless it is decided."""
    must_be(case, Status.decided)
    return move(case, Status.published, now)


def suspend(case: Case, who: Accreditor, reason: str, now: datetime) -> Case:
    """The case suspended: one accreditor may, at once. Raises NotNow unless it is listed, BadReview without a reason."""
    _check_listed(case)
    check_stranger(case, who)
    check_reason(reason, case.id)
    return move(case, Status.suspended, now, suspended=Said(who.name, now, reason, who.role), reinstating=None)


def reinstate(case: Case, who: Accreditor, reason: str, now: datetime) -> Case:
    """The case with this person's word that it may be listed again; with a second word, of another role, it is.

    Raises NotNow unless it is suspended, Barred for the maker's own people and a second word of the same person or role.
    """
    must_be(case, Status.suspended)
    check_stranger(case, who)
    check_reason(reason, case.id)
    said, first = Said(who.name, now, reason, who.role), case.reinstating
    if first is None:
        return replace(case, reinstating=said)
    if first.by == who.name or first.role == who.role:
        raise Barred("a second person of another role must say so too", where=case.id, got=f"{who.name} ({who.role})")
    return move(case, Status.published, now, reinstating=said)


def withdraw(case: Case, by: str, reason: str, now: datetime) -> Case:
    """The case withdrawn by its maker, for good. Raises NotNow once that is no longer theirs, BadReview without a reason."""
    if case.outcome is Outcome.refused and case.status not in _BEFORE:
        raise NotNow(
            "a refusal is a public record and is not withdrawn", where=case.id, remedy="ask for a review of it"
        )
    must_be(case, *_BEFORE, Status.published, Status.suspended)
    check_reason(reason, case.id)
    ended = Said(by, now, reason)
    if case.status in _BEFORE:  # what was drafted and never decided is nobody's word
        return move(case, Status.withdrawn, now, ended=ended, statement=None, outcome=None)
    return move(case, Status.withdrawn, now, ended=ended)


def expire(case: Case, now: datetime) -> Case:
    """The case expired, once its decision's time is over; as it is before that. Raises NotNow unless it is published."""
    must_be(case, Status.published, Status.suspended)
    if case.outcome is Outcome.refused or case.statement is None:
        return case
    if now < read_statement(case.statement.payload).valid_until:
        return case
    return move(case, Status.expired, now)


def ask_review(case: Case, by: str, reason: str, now: datetime) -> Case:
    """The refusal under review by other people, as its maker asks; what those judged who refused goes with them.

    Raises NotNow unless it is a published refusal of the last 28 days that was not reviewed before; BadReview.
    """
    must_be(case, Status.published)
    if case.outcome is not Outcome.refused or case.statement is None:
        raise NotNow("only a refusal is reviewed", where=case.id, got=str(case.outcome))
    if case.refusal is not None:
        raise NotNow("this refusal was reviewed by other people already", where=case.id, remedy="submit a next version")
    decided = read_statement(case.statement.payload).decided
    if now >= decided + REVIEW_WITHIN:
        raise NotNow(
            "the time to ask for a review is over", where=case.id, expected=f"within {REVIEW_WITHIN.days} days"
        )
    check_reason(reason, case.id)
    return move(
        case,
        Status.in_review,
        now,
        refusal=case.statement,
        statement=None,
        outcome=None,
        barred=tuple(one.id for one in case.taken),
        taken=(),
        reviews=(),
        judgements=(),
        review_asked=Said(by, now, reason),
    )


def _check_listed(case: Case) -> None:
    must_be(case, Status.published)
    if case.outcome is Outcome.refused:
        raise NotNow("a refusal is listed nowhere", where=case.id)
