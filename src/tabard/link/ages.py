"""Ages: when each thing that is known of a resource was recorded, so that older never overwrites newer. Pure.

The unit is what one field tells: an element, a part of one (`hospitalization.admitSource`), or in a list its slot
(`telecom:home`). Each is as old as the message that told it last, so whatever the order in which messages come, the
latest recorded word on each thing stands, and an older message still adds what no newer one has told.
"""

from collections.abc import Mapping

import msgspec

from tabard.dialect import Draft
from tabard.fhir import Resource, nhs_number
from tabard.link.merging import PARTLY_TOLD, SLOTS

Stamp = tuple[int, int]
"""When a message was recorded (EVN-2), and when it was sent (MSH-7): microseconds since 1970."""

Ages = dict[str, Stamp]
"""Of one resource: slot to the stamp of the message that told it last."""

_UNAGED = frozenset({"resourceType", "id", "subject"})
_STATE = frozenset({"status", "period", "location"})
"""Of an Encounter: what its events make, in the order in which they were recorded."""

_NHS_NUMBER = f"identifier:{nhs_number.SYSTEM}"
_decoder = msgspec.msgpack.Decoder(list[tuple[int, int, list[str]]])


def read(raw: bytes | None) -> Ages:
    """The ages that `write` made."""
    return {} if raw is None else {slot: (at, sent) for at, sent, slots in _decoder.decode(raw) for slot in slots}


def write(ages: Mapping[str, Stamp]) -> bytes:
    """The ages as bytes: slots of one message together."""
    by_stamp: dict[Stamp, list[str]] = {}
    for slot, stamp in ages.items():
        by_stamp.setdefault(stamp, []).append(slot)
    return msgspec.msgpack.encode([(*stamp, slots) for stamp, slots in by_stamp.items()])


def still_new(draft: Draft, ages: Mapping[str, Stamp], stamp: Stamp) -> Draft:
    """The draft without what was told anew since; the very draft where nothing was."""
    if not ages or stamp >= max(ages.values()):
        return draft
    kept = _newer_part(draft.resource, "", _fixed(draft), ages, stamp)
    cleared: set[str] = set()
    for path in draft.cleared:
        if _is_new(path, ages, stamp):
            cleared.update(_spared(path, ages, stamp))
    if kept == draft.resource and cleared == draft.cleared:
        return draft
    return Draft(kept, frozenset(cleared))


def aged(draft: Draft, ages: Mapping[str, Stamp], stamp: Stamp) -> Ages:
    """The ages once the draft, told at `stamp`, was laid over; `draft` is what `still_new` left of it."""
    slots = {*_slots(draft.resource, "", _fixed(draft)), *draft.cleared}
    return {**ages, **dict.fromkeys(slots, stamp)}


def _fixed(draft: Draft) -> frozenset[str]:
    return _UNAGED | _STATE if draft.resource["resourceType"] == "Encounter" else _UNAGED


def _is_new(slot: str, ages: Mapping[str, Stamp], stamp: Stamp) -> bool:
    """Whether neither the slot nor the whole list that it is in was told since."""
    whole = slot.partition(":")[0]
    return stamp >= ages.get(slot, stamp) and stamp >= ages.get(whole, stamp)


def _spared(path: str, ages: Mapping[str, Stamp], stamp: Stamp) -> set[str]:
    """What an emptied list empties: all of it, or where a part was told since, the other parts."""
    parts = {slot for slot in ages if slot.startswith((f"{path}:", f"{path}."))}
    newer = {slot for slot in parts if ages[slot] > stamp}
    return parts - newer if newer else {path}


def _newer_part(
    told: Resource, within: str, fixed: frozenset[str], ages: Mapping[str, Stamp], stamp: Stamp
) -> Resource:
    kept: Resource = {}
    for element, value in told.items():
        path = within + element.removeprefix("_")
        if element in fixed:
            kept[element] = value
        elif element in PARTLY_TOLD and isinstance(value, dict):
            if part := _newer_part(value, f"{path}.", frozenset(), ages, stamp):
                kept[element] = part
        elif isinstance(value, list) and (slot := SLOTS.get(element)):
            if some := [one for one in value if _is_new(f"{path}:{slot(one)}", ages, stamp)]:
                kept[element] = some
        elif element == "identifier":
            is_new = _is_new(_NHS_NUMBER, ages, stamp)
            kept[element] = [one for one in value if is_new or one.get("system") != nhs_number.SYSTEM]
        elif _is_new(path, ages, stamp):
            kept[element] = value
    return kept


def _slots(told: Resource, within: str, fixed: frozenset[str]) -> set[str]:
    found: set[str] = set()
    for element, value in told.items():
        path = within + element.removeprefix("_")
        if element in fixed:
            continue
        if element in PARTLY_TOLD and isinstance(value, dict):
            found |= _slots(value, f"{path}.", frozenset())
        elif isinstance(value, list) and (slot := SLOTS.get(element)):
            found |= {f"{path}:{slot(one)}" for one in value}
        elif element == "identifier":
            if any(one.get("system") == nhs_number.SYSTEM for one in value):
                found.add(_NHS_NUMBER)
        else:
            found.add(path)
    return found
