"""Soundness: what has the right shape and still cannot be used, or says two things at once.

A dialect that contradicts itself would be read one way by people and another by the machine, so it is refused.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from tabard.dialect.model import Event
from tabard.dialect.schema import CodeTable, Dialect
from tabard.dialect.table.faults import Fault, shown
from tabard.dialect.table.patterns import why_not

_PATTERNS = frozenset({"pattern", "shape", "unresolved"})
"""The keys that hold a regular expression, wherever they stand."""

_TEMPLATES = ("identifiers.local_system", "practitioners.local_system", "visits.system")
"""The systems in which numbers of several owners are told apart by whose they are."""


def unsound(dialect: Dialect) -> Iterator[Fault]:
    """Every such fault of a dialect, before the words of its sender are folded."""
    for check in (
        _time_zone,
        _patterns,
        _events,
        _nhs_rules,
        _practitioner_rules,
        _codes,
        _components,
        _templates,
        _words,
    ):
        yield from check(dialect)


def _time_zone(dialect: Dialect) -> Iterator[Fault]:
    try:
        ZoneInfo(dialect.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        told = "a zone of the IANA database, such as Europe/London"
        yield Fault("time_zone", told, shown(dialect.time_zone), "Name the zone that the sender's clock keeps.")


def _patterns(dialect: Dialect) -> Iterator[Fault]:
    for key, value in _keys(dialect, ""):
        if key.rpartition(".")[2] in _PATTERNS and isinstance(value, str) and (why := why_not(value)) is not None:
            told = "a regular expression that no text can make slow"
            yield Fault(key, told, why, "Write it more plainly: characters, classes, {n}, and one + or * at most.")


def _events(dialect: Dialect) -> Iterator[Fault]:
    if not dialect.versions:
        yield Fault(
            "versions", "a version of HL7 at least", "none: nothing would be read", "Name MSH-12 as it is sent."
        )
    if not dialect.events:
        yield Fault("events", "an event at least", "none: nothing would be read", "Say what each trigger means.")
    silent = {trigger for trigger, event in dialect.events.items() if event is Event.ignored}
    for trigger in sorted(silent - dialect.ignored.keys()):
        yield Fault(
            f"ignored.{trigger}", "why this event has no effect", "nothing", f'Say it: [ignored] "{trigger}" = "..."'
        )
    for trigger in sorted(dialect.ignored.keys() - silent):
        told = dialect.events.get(trigger)
        got = f"an event that means {told}" if told else "an event that is parked as not supported"
        yield Fault(f"ignored.{trigger}", "an event that `events` calls ignored", got, "Take one of the two out.")


def _nhs_rules(dialect: Dialect) -> Iterator[Fault]:
    rules = dialect.identifiers
    for key, one in _numbered("identifiers.nhs_number", rules.nhs_number):
        expected = "an authority, a type, or a field that holds nothing else"
        if one.authority is None and one.type is None and one.field is None:
            yield Fault(key, expected, "an empty rule: it fits all", "Say what marks an NHS number here.")
        elif one.authority is None and one.type is None and rules.fields == (one.field,):
            got = "a rule that fits all: no other field holds numbers"
            yield Fault(key, expected, got, "Name the authority or type too, or the field of the local numbers.")
        elif one.field is not None and one.field not in rules.fields:
            got = f"{one.field}, which `identifiers.fields` does not name: it fits nothing"
            yield Fault(f"{key}.field", "a field that holds identifiers", got, "Name it in identifiers.fields.")
    yield from _doubled("identifiers.nhs_number", rules.nhs_number, "Take one out.")
    for word, code in rules.status.items():
        codes = rules.status_codes
        if codes is not None and not _is_of(codes, code):
            yield _no_code(f"identifiers.status.{word}", code, codes)


def _practitioner_rules(dialect: Dialect) -> Iterator[Fault]:
    rules = dialect.practitioners.identifiers
    for key, one in _numbered("practitioners.identifiers", rules):
        if one.pattern is None and one.authority is None and one.type is None:
            expected, got = "a pattern, an authority or a type", "an empty rule: it fits all"
            yield Fault(key, expected, got, "Say what marks such a code; local codes need no rule.")
    marks = [(one.pattern, one.authority, one.type) for one in rules]
    yield from _doubled("practitioners.identifiers", marks, "One code cannot be of two systems: take one out.")


def _codes(dialect: Dialect) -> Iterator[Fault]:
    for key, value in _keys(dialect, ""):
        if isinstance(value, CodeTable):
            yield from _code_table(key, value, str.casefold if dialect.is_told_by_display else str)


def _code_table(key: str, table: CodeTable, fold: Callable[[str], str]) -> Iterator[Fault]:
    for code in sorted({*table.known} & {*table.display}):
        yield Fault(
            f"{key}.known", "codes without a display", shown(code), f"It is in {key}.display too: take one out."
        )
    unmapped = {fold(word) for word in table.unmapped}
    meant: dict[str, str] = {}
    for word, code in table.codes.items():
        place = f"{key}.codes.{word}"
        if not _is_of(table, code):
            yield _no_code(place, code, table)
        if fold(word) in unmapped:
            yield Fault(
                place, "a word that is not in `unmapped`", shown(word), "It has a code or it has none: take one out."
            )
        if meant.setdefault(fold(word), code) != code:
            yield Fault(
                place,
                f"{meant[fold(word)]}, as the same word above",
                shown(code),
                "Case says nothing here: take one out.",
            )
    for word in sorted(unmapped & {fold(code) for code in (*table.known, *table.display)}):
        yield Fault(f"{key}.unmapped", "words that are no code of the system", shown(word), "Take it out.")


def _is_of(table: CodeTable, code: str) -> bool:
    """Whether the code may be one of the system: it is listed, or the table lists none at all."""
    listed = {*table.display, *table.known}
    return table.is_open or code in listed or not listed


def _no_code(key: str, code: str, table: CodeTable) -> Fault:
    return Fault(
        key,
        f"a code that the table knows of {table.system}",
        shown(code),
        "Add it to `known` or `display`, or mend it.",
    )


def _components(dialect: Dialect) -> Iterator[Fault]:
    places, rows = dialect.locations, dialect.addresses
    for name, told in (
        ("locations", [places.ward, places.room, places.bed, places.facility]),
        ("addresses", [*rows.line, rows.city, rows.district, rows.postal_code, rows.country]),
    ):
        for component, times in Counter(one for one in told if one is not None).items():
            if times > 1:
                expected, got = "each component to hold one thing", f"component {component}, {times} times"
                yield Fault(name, expected, got, "Say which of them it holds.")


def _templates(dialect: Dialect) -> Iterator[Fault]:
    for key in _TEMPLATES:
        table, _, name = key.partition(".")
        template = getattr(getattr(dialect, table), name)
        if "{}" not in template:
            expected = "a text with {} in it, for whose number it is"
            yield Fault(key, expected, shown(template), "Without it the same number of two owners would be one.")


def _words(dialect: Dialect) -> Iterator[Fault]:
    for word in sorted({*dialect.person.yes} & {*dialect.person.no}):
        yield Fault("person.no", "words that do not mean yes", shown(word), "It is in person.yes too: take one out.")
    number = dialect.visits.number
    for key, one in _numbered("visits.others", dialect.visits.others):
        if one.field == number:
            yield Fault(
                f"{key}.field", "another field than visits.number", one.field, "Take it out: a visit is found by it."
            )


def _numbered(key: str, items: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    return ((f"{key}.{n}", one) for n, one in enumerate(items, start=1))


def _doubled(key: str, items: Any, remedy: str) -> Iterator[Fault]:
    seen: list[object] = []
    for place, one in _numbered(key, tuple(items)):
        if one in seen:
            yield Fault(place, "a rule that is not there yet", f"the same as {key}.{seen.index(one) + 1}", remedy)
        seen.append(one)


def _keys(value: Any, key: str) -> Iterator[tuple[str, Any]]:
    """Every table, rule and plain value of a dialect, by its key in the file."""
    if key:
        yield key, value
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _keys(getattr(value, name), f"{key}.{name}" if key else name)
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _keys(one, f"{key}.{name}")
    elif isinstance(value, tuple):
        for n, one in enumerate(value, start=1):
            yield from _keys(one, f"{key}.{n}")
