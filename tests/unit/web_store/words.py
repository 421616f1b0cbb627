"""Every word that a case still wants of the people who took it on, so that it can be decided."""

from collections.abc import Iterable
from datetime import date

from tabard.accreditation import judges_of
from tabard.accreditation.claims import Standing, Status, Waits
from tabard.accreditation.frameworks import Criterion, Level
from tabard.decision import Accreditor, Owner
from tabard.store import Store

WHY = "I looked at all that stands beside it."
_LATER = date(2099, 12, 31)


def judge_all(store: Store, case: str, people: Iterable[Accreditor]) -> None:
    """Each of these people judges what waits for their role: met, or on a condition what the maker still has to do."""
    condition = ""
    for who in people:
        for waits, status in ((Waits.judgement, Status.met), (Waits.condition, Status.met_with_conditions)):
            mine = _waiting(store, case, who, waits)
            if not mine:
                continue
            if status is Status.met_with_conditions and not condition:
                condition = _condition(store, case, who)
            on = (condition,) if status is Status.met_with_conditions else ()
            store.judge(case, who, mine, status, WHY, on)


def _waiting(store: Store, case: str, who: Accreditor, waits: Waits) -> list[str]:
    found, size = store.standings(case), store.case(case).case.product_class
    return [one.id for one, standing in found if _is_theirs(one, standing, who, size) and standing.waits is waits]


def _is_theirs(one: Criterion, standing: Standing, who: Accreditor, size: int) -> bool:
    return standing.holds_up and one.level is Level.must and who.role in judges_of(one, size)


def _condition(store: Store, case: str, who: Accreditor) -> str:
    """The maker's first condition, or one that is set for this."""
    there = [one.id for one in store.case(case).case.conditions if one.owner is Owner.maker]
    if there:
        return there[0]
    detail = store.add_condition(case, who, "Do what you say is still to do.", Owner.maker, _LATER)
    return detail.case.conditions[-1].id
