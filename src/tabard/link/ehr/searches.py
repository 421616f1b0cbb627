"""Which searches the EHR has, as data, and a search of ours as one of those. Pure.

What it has not is refused here by name, so that no search is ever refused there.
Source: Millennium Platform APIs for FHIR R4, Observation and DiagnosticReport, "Parameters".
"""

from collections.abc import Sequence
from typing import NamedTuple

from tabard.fhir.dates import range_of
from tabard.link.ehr.errors import Unsupported

Pairs = tuple[tuple[str, str], ...]


class Searches(NamedTuple):
    """What a type can be searched by, always within one patient.

    `together` are those that exclude one another; `most` is how many a page may hold; `is_newest_first` says that every
    page is newer than the next one.
    """

    allowed: frozenset[str]
    dates: frozenset[str]
    together: frozenset[str]
    most: int
    is_newest_first: bool


TABLE = {
    "Observation": Searches(
        allowed=frozenset({"category", "code", "date", "_lastUpdated"}),
        dates=frozenset({"date", "_lastUpdated"}),
        together=frozenset({"date", "_lastUpdated"}),
        most=200,
        is_newest_first=True,
    ),
    "DiagnosticReport": Searches(
        allowed=frozenset({"category", "code", "date"}),
        dates=frozenset({"date"}),
        together=frozenset(),
        most=100,
        is_newest_first=False,
    ),
}
"""By resource type: what passes through, and how it can be searched."""

NEWEST = "-date"
MOST_IDS = 20
_A_DAY = len("2026-03-01")
_LAST_YEAR = "9999"
_PATIENT = frozenset({"patient", "subject", "patient:Patient", "subject:Patient"})
_PREFIXES = frozenset({"eq", "ge", "gt", "le", "lt"})


class Asked(NamedTuple):
    """A search understood: about which patient (the record's id; None where the parts exclude one another), by what.

    `ids` are the record's where single resources are asked for; `is_sorted` asks for the newest first.
    """

    patient: str | None
    parameters: Pairs
    ids: tuple[str, ...] | None
    is_sorted: bool
    page_size: int


def understand(
    resource_type: str, parameters: Sequence[tuple[str, str]], within: Sequence[tuple[str, str]], count: int | None
) -> Asked:
    """The search of `parameters` narrowed by `within`. Raises Unsupported naming what the EHR has not."""
    table = TABLE[resource_type]
    patients, ids, sorts, sent = [], [], [], []
    for name, value in (*parameters, *within):
        if name in _PATIENT:
            patients.append(_patient(name, value))
        elif name == "_id":
            ids.append(_ids(value))
        elif name == "_sort":
            sorts.append(value)
        elif name == "_total":
            _require_total(value)
        elif name in table.allowed:
            told = _dated(name, value) if name in table.dates else (_plain(name, value),)
            sent += [(name, one) for one in told]
        else:
            raise _unsupported(name[:64], f"one of {', '.join(sorted(searchable(resource_type)))}")
    _require_fitting(table, [name for name, _ in sent], has_ids=bool(ids))
    _require_range(table, sent)
    most = min(count if count is not None else table.most, table.most)
    together = tuple(dict.fromkeys(one for each in ids for one in each if all(one in other for other in ids)))
    return Asked(_only(patients), tuple(sent), together if ids else None, _is_sorted(sorts, sent), most)


def searchable(resource_type: str) -> tuple[str, ...]:
    """The names of the parameters that a product may give for the type."""
    return ("patient", "subject", "_id", *sorted(TABLE[resource_type].allowed))


def _patient(name: str, value: str) -> str:
    """Exactly one patient of the record."""
    found = value.removeprefix("Patient/")
    if not found or not found.replace("-", "").replace(".", "").isalnum():
        raise _unsupported(name, "one patient: Patient/ID")
    return found


def _only(patients: list[str]) -> str | None:
    if not patients:
        raise Unsupported(
            "Results here are asked of the record system, one patient at a time.",
            where="patient",
            expected="one patient",
            remedy="Name the patient.",
        )
    return patients[0] if len(set(patients)) == 1 else None


def _ids(value: str) -> tuple[str, ...]:
    found = tuple(value.split(","))
    if len(found) > MOST_IDS:
        raise _unsupported("_id", f"at most {MOST_IDS} ids")
    return found


def _require_total(value: str) -> None:
    if value != "none":
        raise _unsupported("_total", "none: the record system does not count")


def _plain(name: str, value: str) -> str:
    if not value.strip(","):
        raise _unsupported(name, "a value")
    return value


def _dated(name: str, value: str) -> tuple[str, ...]:
    """A date with a prefix that the EHR knows; a bare one is written with the prefix it means, a month or a year as its days."""
    prefix, date = (value[:2], value[2:]) if value[:2].isalpha() else ("eq", value)
    try:
        range_of(date)
    except ValueError:
        raise _unsupported(name, "one date such as ge2026-03-01") from None
    if prefix not in _PREFIXES or date[:4] == _LAST_YEAR:
        raise _unsupported(name, "a date with one of eq, ge, gt, le, lt")
    if len(date) >= _A_DAY:
        return (f"{prefix}{date}",)
    first, after = _days(date)
    return {
        "eq": (f"ge{first}", f"lt{after}"),
        "ge": (f"ge{first}",),
        "gt": (f"ge{after}",),
        "lt": (f"lt{first}",),
        "le": (f"lt{after}",),
    }[prefix]


def _days(date: str) -> tuple[str, str]:
    """The first day of a month or a year, and the first day after it. What the EHR has is days and moments."""
    year, _, month = date.partition("-")
    following = (int(year) + 1, 1) if month in {"", "12"} else (int(year), int(month) + 1)
    return f"{year}-{month or '01'}-01", f"{following[0]:04}-{following[1]:02}-01"


def _require_fitting(table: Searches, names: list[str], *, has_ids: bool) -> None:
    if has_ids and names:
        raise _unsupported(names[0], "_id alone: nothing else can be asked with it")
    if table.together and table.together <= set(names):
        raise _unsupported(" and ".join(sorted(table.together)), "one of them")
    for name in dict.fromkeys(names):
        if name not in table.dates and names.count(name) > 1:
            raise _unsupported(name, "once")


def _require_range(table: Searches, sent: list[tuple[str, str]]) -> None:
    """A date twice is a range: one end after, one before."""
    for name in table.dates:
        prefixes = sorted(value[:1] for each, value in sent if each == name)
        if len(prefixes) > 1 and prefixes != ["g", "l"]:
            raise _unsupported(name, "once, or twice as a range: one with ge or gt, one with le or lt")


def _is_sorted(sorts: list[str], sent: list[tuple[str, str]]) -> bool:
    if not sorts:
        return False
    if sorts != [NEWEST] or any(name == "_lastUpdated" for name, _ in sent):
        raise _unsupported("_sort", f"{NEWEST}, and not with _lastUpdated")
    return True


def _unsupported(name: str, expected: str) -> Unsupported:
    return Unsupported(
        "The record system has no such search; it was not asked.",
        where=name,
        expected=expected,
        remedy=f"Ask by {expected}.",
    )
