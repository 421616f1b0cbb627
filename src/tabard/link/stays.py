"""Stays of a visit: which place, from when, until when; and how they stand in Encounter.location.

Pure. The entries of one stay (ward and bed) share an element id of the form `stay-<n>-<m>`, so that two stays of the
same minute are still told apart. Source: FHIR R4, Encounter.location; Element.id.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from tabard.fhir import Resource
from tabard.link.moments import earliest

Place = tuple[Resource, ...]
"""Encounter.location entries of one place, ward first, without id, status and period."""

_OF_THE_STAY = frozenset({"id", "status", "period"})


@dataclass(frozen=True, slots=True)
class Stay:
    """One place from `start` to `end`, FHIR dateTimes; without an end the patient is there now."""

    place: Place
    start: str
    end: str | None = None


def place_of(entries: Sequence[Resource]) -> Place:
    """The place that Encounter.location entries name."""
    return tuple({key: value for key, value in entry.items() if key not in _OF_THE_STAY} for entry in entries)


def stays_of(entries: Sequence[Resource]) -> tuple[Stay, ...]:
    """The stays that Encounter.location holds, in order."""
    return tuple(_stay(list(group)) for _, group in groupby(entries, _stay_key))


def written(stays: Sequence[Stay], *, now: str = "active") -> list[Resource]:
    """Encounter.location of the stays; `now` is the status of the stay without an end."""
    return [
        {**entry, "id": f"stay-{number}-{part}", "status": now if stay.end is None else "completed", "period": told}
        for number, stay in enumerate(stays, 1)
        for told in [{"start": stay.start} if stay.end is None else {"start": stay.start, "end": stay.end}]
        for part, entry in enumerate(stay.place, 1)
    ]


def is_at(stay: Stay, place: Place) -> bool:
    """Whether the stay is at just this place: the same ward and the same bed, or neither with a bed."""
    return _references(stay.place) == _references(place)


def moved(stays: tuple[Stay, ...], place: Place, at: str) -> tuple[Stay, ...]:
    """The stays after a move at `at`; an older one is put where it belongs, and the present stays as it is.

    Changes nothing where no place is named, or where the patient was at that place already.
    """
    moment = earliest(at)
    split = next((index for index, stay in enumerate(stays) if earliest(stay.start) > moment), len(stays))
    before, later = stays[:split], stays[split:]
    there = before[-1] if before and _covers(before[-1], moment) else None
    if not place or (there and is_at(there, place)):
        return stays
    left = (*before[:-1], _ended(before[-1], at)) if before else ()
    if later and is_at(later[0], place):
        return (*left, replace(later[0], start=at), *later[1:])
    until = later[0].start if later else there.end if there else None
    return (*left, Stay(place, at, until), *later)


def closed(stays: tuple[Stay, ...], end: str) -> tuple[Stay, ...]:
    """The stays, those without an end ended at `end`, none before its own start."""
    return tuple(_ended(stay, end) if stay.end is None else stay for stay in stays)


def reopened(stays: tuple[Stay, ...], place: Place) -> tuple[Stay, ...]:
    """The stays after a cancelled move, the patient being at `place`: what came after the last stay there is dropped.

    A place with no stay of its own takes that of the last, which never was.
    """
    same = [index for index, stay in enumerate(stays) if is_at(stay, place)]
    within = [index for index, stay in enumerate(stays) if _references(place) < _references(stay.place)]
    if found := (same or within)[-1:]:
        back = found[0]
        return (*stays[:back], replace(stays[back], end=None))
    return (*stays[:-1], *(Stay(place, stay.start) for stay in stays[-1:]))


def without_last(stays: tuple[Stay, ...]) -> tuple[Stay, ...]:
    """The stays after a cancelled move that names no place: the last is dropped and the one before it goes on."""
    return (*stays[:-2], replace(stays[-2], end=None)) if len(stays) > 1 else stays


def _covers(stay: Stay, moment: int) -> bool:
    return stay.end is None or earliest(stay.end) > moment


def _ended(stay: Stay, end: str) -> Stay:
    if stay.end is not None and earliest(stay.end) <= earliest(end):
        return stay
    return replace(stay, end=max(end, stay.start, key=earliest))


def _stay(entries: list[Resource]) -> Stay:
    period = entries[0].get("period", {})
    return Stay(place_of(entries), period.get("start", "0001"), period.get("end"))


def _stay_key(entry: Resource) -> tuple[str, str, str]:
    period = entry.get("period", {})
    return entry.get("id", "").rpartition("-")[0], period.get("start", ""), period.get("end", "")


def _references(place: Place) -> frozenset[str]:
    return frozenset(entry["location"]["reference"] for entry in place)
