"""Whereabouts: where the patient of a visit is, was, or is to be. Source: HL7 v2.4, 3.4.3 "PV1"; FHIR R4, Encounter.location.

The draft holds the place of now only: what came before is known to who holds the record. A place to come is never put
where places are: it is an extension, so that nobody looks for the patient in a bed not yet taken.
"""

from tabard.dialect.codes import concept_in
from tabard.dialect.extensions import EXPECTED_RETURN, PENDING_DISCHARGE, PENDING_TRANSFER, extension
from tabard.dialect.model import Event
from tabard.dialect.reading import Drafting, Reading
from tabard.dialect.visits.locations import facility, locations, place_in
from tabard.fhir.json import Resource
from tabard.hl7v2 import Segment

_PLACE, _LEFT_FOR, _TO_BE = 3, 37, 42
_PLANNED_AT, _LEAVES_AT, _BACK_AT = ("EVN", 3), ("PV2", 9), ("PV2", 47)

_GONE = frozenset({Event.discharge, Event.cancel_admit, Event.delete_visit})
"""The events after which the patient is no longer at the place named."""

_AWAITED = frozenset({Event.pre_admit, Event.pend_admit, Event.cancel_pre_admit, Event.cancel_pend_admit})
"""The events of a patient who has not come."""

_AWAY = frozenset({Event.leave, Event.cancel_return})
"""The events after which the patient is on leave, and the place is kept."""

_ENDS_TRANSFER = frozenset({Event.cancel_pend_transfer, Event.transfer, *_GONE})
_ENDS_DISCHARGE = frozenset({Event.cancel_pend_discharge, *_GONE})
_ENDS_LEAVE = frozenset({Event.return_from_leave, Event.cancel_leave, *_GONE})


def put_places(reading: Reading, draft: Drafting, pv1: Segment) -> None:
    """Put the ward and the bed, and the site that gives the care."""
    field = pv1.field(_PLACE)
    place = place_in(reading, field)
    if reading.clears(field):
        draft.cleared.add("location")
    told = _standing(reading)
    draft.put("location", [{"location": one, **told} for one in locations(reading, place, "PV1-3")])
    draft.put("serviceProvider", facility(reading, place))


def _standing(reading: Reading) -> Resource:
    event, occurred = reading.event, reading.occurred
    if event in _AWAITED:
        return {"status": "planned"}
    if event in _AWAY:
        return {"status": "reserved"}
    status, edge = ("completed", "end") if event in _GONE else ("active", "start")
    return {"status": status} | ({"period": {edge: occurred.text}} if occurred else {})


def pending(reading: Reading, draft: Drafting, pv1: Segment) -> list[Resource]:
    """The extensions on what is to come: a move, the end, a return; what has come, or is called off, goes."""
    event = reading.event
    for url, ending in (
        (PENDING_TRANSFER, _ENDS_TRANSFER),
        (PENDING_DISCHARGE, _ENDS_DISCHARGE),
        (EXPECTED_RETURN, _ENDS_LEAVE),
    ):
        if event in ending:
            draft.cleared.add(f"extension:{url}")
    if event is Event.pend_transfer:
        return [_transfer(reading, pv1)]
    if event is Event.pend_discharge:
        return [_discharge(reading, pv1)]
    if event in _AWAY and (back := _moment(reading, _BACK_AT)):
        return [extension(EXPECTED_RETURN, valueDateTime=back)]
    return []


def _transfer(reading: Reading, pv1: Segment) -> Resource:
    places = locations(reading, place_in(reading, pv1.field(_TO_BE)), "PV1-42")
    if not places:
        reading.flag("missing", "PV1-42", "where the patient is to go")
    told = [extension("location", valueReference=one) for one in places]
    return _told(reading, PENDING_TRANSFER, told, _moment(reading, _PLANNED_AT))


def _discharge(reading: Reading, pv1: Segment) -> Resource:
    destination = concept_in(reading, reading.dialect.visits.discharge_destination, pv1, _LEFT_FOR)
    told = [extension("destination", valueCodeableConcept=destination)] if destination else []
    expected = _moment(reading, _LEAVES_AT) or _moment(reading, _PLANNED_AT)
    return _told(reading, PENDING_DISCHARGE, told, expected)


def _told(reading: Reading, url: str, told: list[Resource], expected: str | None) -> Resource:
    """An extension holds something: at the least, when it was said."""
    if expected:
        told.append(extension("expected", valueDateTime=expected))
    elif not told and reading.occurred:
        told.append(extension("said", valueDateTime=reading.occurred.text))
    return {"url": url, "extension": told}


def _moment(reading: Reading, place: tuple[str, int]) -> str | None:
    name, n = place
    segment = reading.first(name)
    moment = reading.moment(segment.field(n), f"{name}-{n}") if segment is not None else None
    return moment.text if moment else None
