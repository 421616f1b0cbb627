"""Differences: what two dialects say differently, key by key, and which of it can put a patient's data in the wrong place."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

import msgspec

from tabard.dialect.model import Event
from tabard.dialect.schema import Dialect
from tabard.dialect.table.digest import told


class Kind(StrEnum):
    """What a difference touches."""

    identifiers = "identifiers"
    merge = "merge"
    null = "null"
    location = "location"
    other = "other"


RISKY = frozenset(Kind) - {Kind.other}
"""The kinds that change who is whom, what is emptied, or where a patient lies: two people answer for them."""


class Difference(msgspec.Struct, frozen=True):
    """A key that the two dialects give different values, or that one of them does not have (None)."""

    key: str
    old: Any
    new: Any
    kind: Kind


_IDENTIFYING = (
    *("identifiers", "sender", "unresolved", "is_told_by_display", "practitioners.identifiers", "results.order_system"),
    *("visits.number", "visits.authority", "visits.type", "visits.system", "visits.others"),
)
"""Keys that decide whose message it is, and which patient, visit or order it is about."""

_MERGING = frozenset(
    {
        *(Event.merge, Event.link_people, Event.unlink_people, Event.change_numbers),
        *(Event.merge_visits, Event.move_visits, Event.swap),
    }
)


_OF_NO_PLACE = frozenset(
    {
        *(Event.register, Event.update_person, Event.result, Event.order),
        *(Event.appointment, Event.document, Event.ignored),
    }
)
"""Events that say nothing of where a patient lies: what any other means decides who is in which bed."""

_OF_PLACES = ("locations", "privacy", "time_zone")
"""Keys that decide where a patient lies and since when, and where somebody is who must not be found (location hiding)."""


def differences(old: Dialect, new: Dialect) -> tuple[Difference, ...]:
    """Every key whose value differs, by key. Lists are one value. A default counts as not having the key."""
    was, now = (dict(_leaves(told(one), "")) for one in (old, new))
    keys = sorted(key for key in {**was, **now} if was.get(key) != now.get(key))
    return tuple(Difference(key, was.get(key), now.get(key), _kind(key, was.get(key), now.get(key))) for key in keys)


def _leaves(value: Mapping[str, Any], key: str) -> Iterator[tuple[str, Any]]:
    for name, one in value.items():
        place = f"{key}.{name}" if key else name
        if isinstance(one, dict):
            yield from _leaves(one, place)
        else:
            yield place, one


def _kind(key: str, *values: object) -> Kind:
    if key == "null":
        return Kind.null
    if key == "visits.may_move_all":
        return Kind.merge
    if key.startswith("events."):
        return _kind_of_events({Event(str(one)) for one in values if one is not None})
    if _is_one_of(key, _OF_PLACES):
        return Kind.location
    return Kind.identifiers if _is_one_of(key, _IDENTIFYING) else Kind.other


def _kind_of_events(events: set[Event]) -> Kind:
    if not _MERGING.isdisjoint(events):
        return Kind.merge
    return Kind.other if events <= _OF_NO_PLACE else Kind.location


def _is_one_of(key: str, tables: Iterable[str]) -> bool:
    return any(key == one or key.startswith(f"{one}.") for one in tables)
