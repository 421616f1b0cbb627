"""The scheme that a log rates by: the house's, named; or one of the maker's own, declared in full."""

from typing import Any

from tabard.accreditation.hazards.scheme import SCHEME, Level, Scheme
from tabard.accreditation.hazards.taking import Taker

_FIVE = 5


def declared(take: Taker) -> Scheme:
    """The scheme under the key `scheme`; the house's where nothing is said, or once a fault is noted."""
    told = take.raw("scheme")
    if told is None or told == SCHEME.id:
        return SCHEME
    if not isinstance(told, dict):
        take.note("scheme", f"{SCHEME.id}, or a table [scheme] with a scheme of one's own", told)
        return SCHEME
    inner = take.table("scheme")
    return _own(inner) if inner else SCHEME


def _own(take: Taker) -> Scheme:
    id_, version = take.id("id"), take.line("version")
    likelihood, severity = _levels(take, "likelihood"), _levels(take, "severity")
    ratings = tuple((one.line("label"), one.line("acceptance")) for one in _five(take, "rating"))
    matrix = _matrix(take)
    take.finish()
    if matrix and len(likelihood) == len(severity) == len(ratings) == _FIVE:
        return Scheme(id_, version, likelihood, severity, matrix, ratings)
    return SCHEME


def _levels(take: Taker, key: str) -> tuple[Level, ...]:
    return tuple(Level(one.line("code"), one.line("meaning"), one.line("patients", "")) for one in _five(take, key))


def _five(take: Taker, key: str) -> tuple[Taker, ...]:
    found = take.tables(key, _FIVE, is_owed=True)
    if found and len(found) != _FIVE:
        take.note(key, "five of them, from the lowest", len(found))
    return found


def _matrix(take: Taker) -> tuple[tuple[int, ...], ...]:
    """Five rows of five ratings; none falls as severity or likelihood rises, or it would be no scheme of risk."""
    told = take.raw("matrix")
    if not _is_whole(told):
        take.note("matrix", "five rows, a likelihood each, of five ratings of 1 to 5, a severity each", told)
        return ()
    rows = tuple(tuple(row) for row in told)
    lines = (*rows, *zip(*rows, strict=True))
    if any(list(line) != sorted(line) for line in lines):
        take.note("matrix", "ratings that never fall as severity or likelihood rises", told)
        return ()
    return rows


def _is_whole(told: Any) -> bool:
    return (
        isinstance(told, list)
        and len(told) == _FIVE
        and all(isinstance(row, list) and len(row) == _FIVE for row in told)
        and all(type(cell) is int and 1 <= cell <= _FIVE for row in told for cell in row)
    )
