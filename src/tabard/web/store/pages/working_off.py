"""Conditions on their way, as a page shows them: whose they are, until when, by which steps, and whether they are met."""

from dataclasses import dataclass
from datetime import date

from tabard.accreditation import Case, Milestone, WorkOff, overdue
from tabard.decision import Owner
from tabard.web.design.times import when

OWNERS = {Owner.site: "Each hospital", Owner.maker: "The maker"}
"""Whose a condition is, in words."""


@dataclass(frozen=True, slots=True)
class ShownCondition:
    """One condition; `plan` are the maker's steps, `met` who saw it met and how, "" where nobody has."""

    id: str
    text: str
    owner: str
    due: str
    plan: tuple[str, ...]
    met: str
    is_overdue: bool
    is_makers: bool


def shown_conditions(case: Case, today: date) -> tuple[ShownCondition, ...]:
    """The conditions of a case, each with how far it is worked off."""
    states = {one.condition: one for one in case.work_off}
    late = {one.id for one in overdue(case, today)}
    return tuple(
        ShownCondition(
            id=one.id,
            text=one.text,
            owner=OWNERS[one.owner],
            due=f"{one.due:%d-%b-%Y}" if one.due else "All the time",
            plan=steps(states.get(one.id, WorkOff(one.id)).plan),
            met=_met(states.get(one.id, WorkOff(one.id))),
            is_overdue=one.id in late,
            is_makers=one.owner is Owner.maker,
        )
        for one in case.conditions
    )


def steps(plan: tuple[Milestone, ...]) -> tuple[str, ...]:
    """The steps of a maker's plan, each with its day."""
    return tuple(f"{one.due:%d-%b-%Y}: {one.text}" for one in plan)


def _met(state: WorkOff) -> str:
    return f"{state.met_by}, {when(state.met_at).text}: {state.words}" if state.met_at else ""
