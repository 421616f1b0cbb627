"""Conditions on their way: set before the decision, planned by the maker, seen met by an assessor, or overdue."""

from dataclasses import replace
from datetime import date, datetime

from tabard.accreditation.cases.model import Case, Milestone, Status, WorkOff
from tabard.accreditation.cases.moving import must_be
from tabard.accreditation.cases.steps import check_reason
from tabard.accreditation.cases.taking import check_stranger, check_taken
from tabard.accreditation.errors import BadReview, NotNow
from tabard.decision import Accreditor, Condition, Owner

MOST_CONDITIONS = 50
"""Of one case."""


def add_condition(case: Case, who: Accreditor, text: str, owner: Owner, due: date | None, now: datetime) -> Case:
    """The case with one more condition of its decision. Raises NotNow unless it is in review, Barred, BadReview."""
    must_be(case, Status.in_review, Status.referred_back)
    check_taken(case, who)
    flat = " ".join(text.split())
    check_reason(flat, "condition")
    if owner is Owner.maker and due is None:
        raise BadReview("what the maker has to do has a date", where=case.id, remedy="give --due")
    if due is not None and due <= now.date():
        raise BadReview("a condition is due in time to come", where=case.id, got=f"{due:%Y-%m-%d}")
    if len(case.conditions) >= MOST_CONDITIONS:
        raise BadReview("too many conditions", where=case.id, expected=f"{MOST_CONDITIONS} at the most")
    return replace(case, conditions=(*case.conditions, Condition(next_id(case), flat, owner, due)))


def drop_condition(case: Case, who: Accreditor, condition: str) -> Case:
    """The case without that condition. Raises NotNow once it is drafted or where there is none such, Barred."""
    must_be(case, Status.in_review, Status.referred_back)
    check_taken(case, who)
    _condition(case, condition)
    left = tuple(one for one in case.conditions if one.id != condition)
    return replace(case, conditions=left, dropped=(*case.dropped, condition))


def next_id(case: Case) -> str:
    """An id for one more condition, that none had before: what was said of one is never said of another."""
    used = (*(one.id for one in case.conditions), *case.dropped)
    return f"C{1 + max((int(one[1:]) for one in used if one[1:].isdecimal()), default=0)}"


def plan(case: Case, condition: str, milestones: tuple[Milestone, ...]) -> Case:
    """The case with the maker's plan for that condition: steps in the order of their days, the last on its date or before.

    Raises NotNow unless it is published, with that condition, the maker's own; BadReview for a plan that does not fit.
    """
    must_be(case, Status.published, Status.suspended)
    found = _condition(case, condition)
    if found.owner is not Owner.maker or found.due is None:
        raise NotNow("this condition is not the maker's", where=condition)
    days = [one.due for one in milestones]
    if not days or days != sorted(days) or days[-1] > found.due or not all(one.text.strip() for one in milestones):
        raise BadReview(
            "this plan does not lead to the condition",
            where=condition,
            expected=f"steps in order, the last by {found.due:%Y-%m-%d}",
            got=", ".join(f"{day:%Y-%m-%d}" for day in days) or "no step",
        )
    return _worked(case, replace(_state(case, condition), plan=milestones))


def meet(case: Case, who: Accreditor, condition: str, words: str, evidence: str, now: datetime) -> Case:
    """The case with that condition seen met by an assessor, who says how. Raises NotNow, Barred, BadReview."""
    must_be(case, Status.published, Status.suspended)
    check_stranger(case, who)
    _condition(case, condition)
    check_reason(words, condition)
    if (before := _state(case, condition)).met_at is not None:
        raise NotNow("this condition was met before", where=condition, got=before.met_by)
    return _worked(case, replace(before, met_by=who.name, met_at=now, words=words, evidence=evidence))


def overdue(case: Case, today: date) -> tuple[Condition, ...]:
    """The conditions with a date that is past, and that nobody has seen met."""
    met = {one.condition for one in case.work_off if one.met_at is not None}
    return tuple(one for one in case.conditions if one.due is not None and one.due < today and one.id not in met)


def _condition(case: Case, condition: str) -> Condition:
    found = next((one for one in case.conditions if one.id == condition), None)
    if found is None:
        known = ", ".join(one.id for one in case.conditions) or "none"
        raise NotNow("there is no such condition", where=case.id, expected=known, got=condition[:40])
    return found


def _state(case: Case, condition: str) -> WorkOff:
    return next((one for one in case.work_off if one.condition == condition), WorkOff(condition))


def _worked(case: Case, state: WorkOff) -> Case:
    others = tuple(one for one in case.work_off if one.condition != state.condition)
    return replace(case, work_off=(*others, state))
