"""Differences: what two dialects say differently, key by key, and which of it can put a patient's data in the wrong place."""

from collections.abc import Iterator, Mapping
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
    if key.startswith("events.") and not _MERGING.isdisjoint({Event(str(one)) for one in values if one is not None}):
        return Kind.merge
    if key.startswith("locations."):
        return Kind.location
    is_identifying = any(key == one or key.startswith(f"{one}.") for one in _IDENTIFYING)
    return Kind.identifiers if is_identifying else Kind.other
