"""What people judged of one version is carried to the next: each word with the conditions it names, and bound to its basis as before.

Whether a word still stands is not settled here: where what its speaker had before them is other than it was, the standing
of the criterion says so, and waits for a new word.
"""

from dataclasses import replace
from datetime import date

from tabard.accreditation.cases.differing import Since
from tabard.accreditation.cases.model import Case
from tabard.accreditation.cases.taking import is_same_person
from tabard.accreditation.claims import Judgement
from tabard.accreditation.frameworks import NoSuchCriterion, criterion, judges_of
from tabard.decision import Condition

_MARK = " (said of version "


def carry_judgements(case: Case, since: Since, before: Case) -> Case:
    """The case with what was judged in `before`, except of criteria that a role judges which must look anew, or was judged here.

    Nor of whoever may not judge this version. A condition that a word names comes with it, under its id; a word whose condition was seen met or is overdue, or
    whose id means another condition here, stays behind.
    """
    mine = {one.criterion for one in case.judgements}
    words = [one for one in before.judgements if one.criterion not in mine and not _looks_anew(one, case, since)]
    words = [one for one in words if may_speak(one.by, case, before) and _is_theirs(one, case)]
    conditions = {one.id for one in case.conditions}
    today = case.moves[-1].at.date()
    offered = {one.id: one for one in _open_conditions(before, today) if _is_free(one, case)}
    carried = [one for one in words if set(one.conditions) <= offered.keys()]
    named = {id_ for one in carried for id_ in one.conditions}
    return replace(
        case,
        judgements=(*case.judgements, *(_carried(one, before.version) for one in carried)),
        conditions=(*case.conditions, *(offered[id_] for id_ in offered if id_ in named - conditions)),
    )


def said_before(reason: str, version: str, why: str) -> str:
    """A reason with the version of which it was said first, and why it is said again."""
    return reason if _MARK in reason else f"{reason}{_MARK}{version}; {why})"


def may_speak(name: str, case: Case, before: Case) -> bool:
    """Whether what a person of that name said of `before` may be said of this version: not over a conflict, nor in their own case."""
    barred = {one.name for one in (*case.taken, *before.taken) if one.id in case.barred}
    told = {one.name for one in case.taken if not one.is_free}
    of_maker = {one.name for one in (*case.taken, *before.taken) if one.organisation == case.publisher}
    return name not in barred | told | of_maker and not is_same_person(name, case.safety_officer)


def _is_theirs(one: Judgement, case: Case) -> bool:
    """Whether that role judges the criterion in a product of this class, too."""
    return one.role in judges_of(criterion(one.criterion), case.product_class)


def _is_free(one: Condition, case: Case) -> bool:
    """Whether the condition's id means it, or nothing, in this case."""
    return one.id not in case.dropped and all(each == one for each in case.conditions if each.id == one.id)


def _carried(one: Judgement, version: str) -> Judgement:
    return replace(one, reason=said_before(one.reason, version, "what was seen is the same"))


def _looks_anew(one: Judgement, case: Case, since: Since) -> bool:
    try:
        judges = judges_of(criterion(one.criterion), case.product_class)
    except NoSuchCriterion:
        return True  # the framework is not this store's any more
    return bool({one.role, *judges} & set(since.roles))


def _open_conditions(before: Case, today: date) -> tuple[Condition, ...]:
    """Those that are still to be met, and whose day is not over."""
    met = {one.condition for one in before.work_off if one.met_at is not None}
    return tuple(one for one in before.conditions if one.id not in met and (one.due is None or today < one.due))
