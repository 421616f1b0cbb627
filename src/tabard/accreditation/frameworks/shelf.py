"""The shelf of frameworks: which there are, which are in force on a day, and one criterion by its id."""

from datetime import date
from functools import cache
from importlib import resources

from tabard.accreditation.frameworks.errors import NoSuchCriterion
from tabard.accreditation.frameworks.model import Criterion, Framework
from tabard.accreditation.frameworks.reading import read_framework

_ORDER = ("dtac", "dcb0129", "dcb0160", "asvs", "wcag", "tabard")


@cache
def all_frameworks() -> tuple[Framework, ...]:
    """Every framework in every version that is shipped, a family's versions in order of their days."""
    files = [one for one in resources.files(f"{__package__}.data").iterdir() if one.name.endswith(".toml")]
    read = [read_framework(one.read_text(encoding="utf-8"), one.name) for one in files]
    return tuple(sorted(read, key=lambda one: (_place(one.family), one.family, one.effective, one.version)))


def frameworks(on: date) -> tuple[Framework, ...]:
    """The frameworks by which products are judged on that day."""
    return tuple(one for one in all_frameworks() if one.is_in_force(on))


def framework(id_: str) -> Framework:
    """The framework of that id, such as `dtac-2.0`, in force or not. Raises NoSuchCriterion."""
    for one in all_frameworks():
        if one.id == id_:
            return one
    known = ", ".join(one.id for one in all_frameworks())
    raise NoSuchCriterion("there is no such framework", expected=f"one of {known}", got=id_[:80])


def criterion(id_: str) -> Criterion:
    """The criterion of that id, such as `dtac-2.0/C1.2.4`. Raises NoSuchCriterion."""
    found = _by_id().get(id_)
    if found is None:
        raise NoSuchCriterion(
            "there is no such criterion", got=id_[:80], remedy="`tabard accredit framework list` names the frameworks"
        )
    return found


@cache
def _by_id() -> dict[str, Criterion]:
    return {one.id: one for each in all_frameworks() for one in each.criteria}


def _place(family: str) -> int:
    return _ORDER.index(family) if family in _ORDER else len(_ORDER)
