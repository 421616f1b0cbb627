"""Conditions: one search parameter with its values, as SQL over the index tables. Values are always bound, never text of SQL."""

from collections.abc import Iterable
from typing import NamedTuple

from tabard.fhir.dates import Range
from tabard.fhir.folding import fold
from tabard.fhir.paths import reference_type
from tabard.fhir.search_parameters import Kind, Parameter
from tabard.fhir.search_values import Moment, Prefix, Target, Token

Binding = str | int


class Sql(NamedTuple):
    """A piece of SQL and what is bound to it."""

    text: str
    bound: tuple[Binding, ...]


class Condition(NamedTuple):
    """What one parameter asks: any of `pieces` over the rows of `table` (None: over `resource`, named r, itself).

    The condition of the lowest `rank` is expected to leave the fewest resources and is looked up first. `is_scan` says
    that no index leads from a resource to its rows here, so that the rows are better gone through once for all.
    """

    rank: int
    table: Kind | None
    pieces: tuple[Sql, ...]
    is_scan: bool = False


_ID, _IDENTIFIER, _REFERENCE, _DAY, _TEXT, _CODE, _DATE, _UPDATED, _WHOLE = range(9)
_LAST = "\U0010ffff"
_INSTANT_US = 1000  # lastUpdated is told in milliseconds


def of_ids(ids: Iterable[str]) -> Condition:
    """`_id`: the resource's own id."""
    return Condition(_ID, None, (_one_of("r.id", tuple(ids)),))


def of_updated(moments: Iterable[Moment]) -> Condition:
    """`_lastUpdated`: compared as the millisecond that the body tells."""
    return Condition(_UPDATED, None, tuple(_compare(each, "r.updated", "r.updated", _INSTANT_US) for each in moments))


def of_tokens(parameter: Parameter, tokens: Iterable[Token]) -> Condition:
    """Codes, grouped by what is asked of their systems. Codes are compared exactly: a filter must not widen by case."""
    by_system: dict[str | None, list[str]] = {}
    whole: list[str] = []
    for each in tokens:
        if each.code is None:
            whole.append(each.system or "")
        else:
            by_system.setdefault(each.system, []).append(each.code)
    pieces = [_numbered(parameter, _one_of("system", tuple(whole)))] if whole else []
    for system, codes in by_system.items():
        code = _one_of("code", tuple(codes))
        more = code if system is None else Sql(f"{code.text} AND system = ?", (*code.bound, system))
        pieces.append(_numbered(parameter, more))
    rank = _WHOLE if whole else _IDENTIFIER if parameter.name == "identifier" else _CODE
    return Condition(rank, "token", tuple(pieces), is_scan=bool(whole))


def of_strings(parameter: Parameter, texts: Iterable[str], modifier: str) -> Condition:
    """Strings: beginning so whatever case and accent, `:contains` anywhere so, `:exact` letter for letter."""
    pieces = tuple(_numbered(parameter, _string(text, modifier)) for text in texts)
    return Condition(_WHOLE if modifier == "contains" else _TEXT, "string", pieces, is_scan=True)


def of_dates(parameter: Parameter, moments: Iterable[Moment]) -> Condition:
    """Dates as ranges against ranges."""
    moments = tuple(moments)
    pieces = tuple(_numbered(parameter, _compare(each, "low", "high", 0)) for each in moments)
    return Condition(_DAY if all(each.prefix == "eq" for each in moments) else _DATE, "date", pieces)


def of_references(parameter: Parameter, targets: Iterable[Target]) -> Condition:
    """References, grouped by the type they name."""
    by_type: dict[str | None, list[str]] = {}
    for each in targets:
        if (narrowed := _narrow(each, parameter.only)) is not None:
            by_type.setdefault(narrowed.type, []).append(narrowed.id)
    pieces = []
    for kind, ids in by_type.items():
        found = _one_of("target", tuple(ids))
        # An id alone means `Type/id` of any type, never a URL.
        more = (
            Sql(f"{found.text} AND type != ''", found.bound)
            if kind is None
            else Sql(f"{found.text} AND type = ?", (*found.bound, kind))
        )
        pieces.append(_numbered(parameter, more))
    return Condition(_REFERENCE, "reference", tuple(pieces) or (Sql("FALSE", ()),))


def _narrow(target: Target, only: str) -> Target | None:
    """`target` as the values are kept for a parameter of this one type; None when it is of another."""
    if not only or target.type == only:
        return target
    if target.type is None:
        return target._replace(type=only)
    is_url = target.type == ""  # one that tells no type, such as a urn, may be of any
    return target if is_url and reference_type({"reference": target.id}) in {only, None} else None


def _string(text: str, modifier: str) -> Sql:
    folded = fold(text)
    if modifier == "contains":
        return Sql("instr(folded, ?) > 0", (folded,))
    if modifier == "exact":
        return Sql("folded = ? AND text = ?", (folded, text))
    return Sql("folded >= ? AND folded < ?", (folded, folded + _LAST))


def _compare(moment: Moment, low: str, high: str, width: int) -> Sql:
    """A target range against the searched one; `width` is what `high` still lacks to be the target's end.

    Source: FHIR R4 3.1.1.4.5 (prefixes), 3.1.1.4.7 (date).
    """
    start, end = moment.range
    inside: Range = (start, end - width)
    match moment.prefix:
        case "eq":
            # The middle one says nothing new; it lets an index be read from one end of the range to the other.
            return Sql(f"{low} >= ? AND {low} < ? AND {high} <= ?", (start, end, end - width))
        case "ne":
            return Sql(f"({low} < ? OR {high} > ?)", inside)
        case "ge":
            return Sql(f"({high} > ? OR {low} >= ? AND {high} <= ?)", (end - width, *inside))
        case "le":
            return Sql(f"({low} < ? OR {low} >= ? AND {high} <= ?)", (start, *inside))
        case _:
            return _beyond(moment.prefix, low, high, (start, end), width)


def _beyond(prefix: Prefix, low: str, high: str, searched: Range, width: int) -> Sql:
    start, end = searched
    pieces = {
        "gt": (f"{high} > ?", end - width),
        "lt": (f"{low} < ?", start),
        "sa": (f"{low} >= ?", end),
        "eb": (f"{high} <= ?", start - width),
    }
    text, bound = pieces[prefix]
    return Sql(text, (bound,))


def _numbered(parameter: Parameter, piece: Sql) -> Sql:
    return Sql(f"parameter = ? AND {piece.text}", (parameter.number, *piece.bound))


def _one_of(column: str, values: tuple[str, ...]) -> Sql:
    if len(values) == 1:
        return Sql(f"{column} = ?", values)
    return Sql(f"{column} IN ({', '.join('?' * len(values))})", values)
