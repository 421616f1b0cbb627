"""Whether a patient of the EHR is a patient of the record. Pure; any doubt is an answer of its own, and nothing is guessed.

The numbers must agree first; then birth date and NHS number must not contradict; and no number of the one may be anybody
else's in the record. Where the birth date is not known on both sides, the same NHS number must be.
"""

from collections.abc import Callable, Mapping, Sequence

from tabard.fhir import Resource, nhs_number
from tabard.link.ehr.chart import Number
from tabard.link.ehr.errors import Doubt
from tabard.link.merging import passes_check

Holders = Callable[[Number], frozenset[str]]
"""The record's ids of the patients of now who hold a number, be it as an old one; merges followed."""

MOST_NUMBERS = 4


def numbers_in_use(patient: Resource, systems: Mapping[str, str]) -> tuple[Number, ...]:
    """The record's patient's local numbers in use that the EHR knows by `systems` (theirs by ours), in their order."""
    return _numbers_here(patient, systems, is_old=False)


def old_numbers(patient: Resource, systems: Mapping[str, str]) -> tuple[Number, ...]:
    """Those that a merge here put out of use: there they must lead to nobody else."""
    return _numbers_here(patient, systems, is_old=True)


def _numbers_here(patient: Resource, systems: Mapping[str, str], *, is_old: bool) -> tuple[Number, ...]:
    known = [one for one in _identifiers(patient) if one["system"] in systems and one["system"] != nhs_number.SYSTEM]
    return tuple(dict.fromkeys((one["system"], one["value"]) for one in known if (one.get("use") == "old") is is_old))


def own_numbers(ours: Resource, theirs: Resource, systems: Mapping[str, str]) -> frozenset[Number]:
    """What numbers the one patient whom both are: the local numbers in use, and the NHS numbers that either side tells."""
    here = [(one["system"], one["value"]) for one in _identifiers(ours)]
    nhs = [one for one in (*here, *_numbers_there(theirs, systems)) if one[0] == nhs_number.SYSTEM]
    return frozenset([*numbers_in_use(ours, systems), *nhs])


def numbers_there(theirs: Resource, systems: Mapping[str, str]) -> tuple[Number, ...]:
    """The EHR's patient's local numbers in use, by the record's systems."""
    held = _numbers_there(theirs, systems)
    return tuple(number for number, is_used in held.items() if is_used and number[0] != nhs_number.SYSTEM)


def is_in_use(patient: Resource) -> bool:
    """Whether a registration is neither put out of use nor merged into another."""
    links = [one for one in patient.get("link") or [] if isinstance(one, dict)]
    return patient.get("active", True) is True and not any(one.get("type") == "replaced-by" for one in links)


def only_one(found: Sequence[Resource]) -> Doubt | None:
    """The doubt, where the patients that the EHR holds under one number are not exactly one."""
    if not found:
        return Doubt.not_there
    return Doubt.several_there if len({one.get("id") for one in found}) > 1 else None


def doubt_of(ours: Resource, theirs: Resource, *, systems: Mapping[str, str], holders: Holders) -> Doubt | None:
    """Why `theirs` cannot be taken for `ours`; None where nothing speaks against it. `systems` are theirs by ours."""
    if not is_in_use(ours):
        return Doubt.given_up_here
    if not is_in_use(theirs):
        return Doubt.given_up_there
    mine = numbers_in_use(ours, systems)
    if not mine:
        return Doubt.no_number
    held = _numbers_there(theirs, systems)
    if not {number for number, is_used in held.items() if is_used} >= set(mine):
        return Doubt.number_differs
    if any(not holders(number) <= {ours["id"]} for number in held if number[0] != nhs_number.SYSTEM):
        return Doubt.number_of_another
    return _contradiction(ours, theirs, held)


def needs_a_visit(ours: Resource, theirs: Resource, systems: Mapping[str, str]) -> bool:
    """Whether numbers and birth date are not enough: the names contradict, and no NHS number says that it is one person.

    So twins are told apart whose numbers were exchanged before they had NHS numbers. Who married has a visit, or an NHS number.
    """
    our_nhs, their_nhs = _nhs_numbers(ours, _numbers_there(theirs, systems))
    here, there = _names(ours), _names(theirs)
    return not our_nhs & their_nhs and bool(here and there) and not any(_is_one(a, b) for a in here for b in there)


def _names(patient: Resource) -> set[tuple[str, str]]:
    """Family and first given names, folded; "" where there is none."""
    told = patient.get("name")
    held = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    names = {(_folded(one.get("family")), _folded(one.get("given"))) for one in held}
    return {name for name in names if name[0]}


def _folded(told: object) -> str:
    first = next(iter(told), "") if isinstance(told, list) else told
    return " ".join(first.split()).casefold() if isinstance(first, str) else ""


def _is_one(one: tuple[str, str], other: tuple[str, str]) -> bool:
    return one[0] == other[0] and (not one[1] or not other[1] or one[1] == other[1])


def _nhs_numbers(ours: Resource, held: Mapping[Number, bool]) -> tuple[set[str], set[str]]:
    """The NHS numbers of either side that say something."""
    our_nhs = {one["value"] for one in _identifiers(ours) if passes_check(one) and _is_somebodys(one["value"])}
    told = {value for system, value in held if system == nhs_number.SYSTEM and nhs_number.is_valid(value)}
    return our_nhs, {value for value in told if _is_somebodys(value)}


def _contradiction(ours: Resource, theirs: Resource, held: Mapping[Number, bool]) -> Doubt | None:
    our_nhs, their_nhs = _nhs_numbers(ours, held)
    if our_nhs and their_nhs and our_nhs.isdisjoint(their_nhs):
        return Doubt.nhs_number_differs
    here, there = ours.get("birthDate"), theirs.get("birthDate")
    if isinstance(here, str) and isinstance(there, str) and here and there:
        shared = min(len(here), len(there))
        return None if here[:shared] == there[:shared] else Doubt.birth_date_differs
    return None if our_nhs & their_nhs else Doubt.birth_date_differs


def _numbers_there(theirs: Resource, systems: Mapping[str, str]) -> dict[Number, bool]:
    """The EHR's patient's numbers by the record's systems, and whether each is in use."""
    ours_by_theirs = {there: here for here, there in systems.items()}
    held: dict[Number, bool] = {}
    for one in _identifiers(theirs):
        if one["system"] in ours_by_theirs:
            number = (ours_by_theirs[one["system"]], one["value"])
            period = one.get("period")
            is_used = one.get("use") != "old" and not (isinstance(period, dict) and period.get("end"))
            held[number] = held.get(number, False) or is_used
    return held


def _identifiers(patient: Resource) -> list[Resource]:
    told = patient.get("identifier")
    held = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    return [one for one in held if isinstance(one.get("system"), str) and isinstance(one.get("value"), str)]


def _is_somebodys(value: str) -> bool:
    """Ten times one digit passes the check and is a placeholder."""
    return len(set(value)) > 1
