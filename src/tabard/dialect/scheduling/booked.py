"""What is booked for an appointment: services (AIS), people (AIP), places (AIL) and whatever else (AIG).

What a segment takes back (action code D) is left out. A message is taken to tell all that is booked, changed or not.
Source: HL7 v2.4, 10.6.4 to 10.6.7; HL7 Version 2 to FHIR, "AIP to Appointment".
"""

from collections.abc import Iterator

from tabard.dialect.codes import coded, filled
from tabard.dialect.parts import Parts, first_of
from tabard.dialect.people.practitioners import practitioners
from tabard.dialect.reading import Reading
from tabard.dialect.visits.about import About
from tabard.dialect.visits.locations import locations, place_in
from tabard.fhir.json import Resource
from tabard.hl7v2 import Segment

ROLES = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
"""What a participant is to an appointment."""

_SUBJECT, _PERFORMER, _PLACE, _THING = "SBJ", "PPRF", "LOC", "DEV"
_ROLE_OF = {"Practitioner": _PERFORMER, "Location": _PLACE}
_ACTION, _WHAT, _KIND = 2, 3, 4
STATUS_FIELD = {"AIS": 10, "AIP": 12, "AIL": 12, "AIG": 14}
"""The fields with the filler's status, by segment."""


def patient_of(whom: About) -> Resource:
    """The patient as a participant."""
    return _participant(_SUBJECT, whom.subject, "accepted", None)


def services(reading: Reading) -> list[Resource]:
    """What is to be done."""
    told = [coded(reading, first_of(ais.field(_WHAT))) for ais in _kept(reading, "AIS")]
    return [one for one in told if one]


def participants(reading: Reading) -> list[Resource]:
    """Who and what is booked, each once."""
    told: list[Resource] = []
    for one in (*_people(reading), *_places(reading), *_things(reading)):
        if one not in told:
            told.append(one)
    return told


def _people(reading: Reading) -> Iterator[Resource]:
    for aip in _kept(reading, "AIP"):
        kind = coded(reading, first_of(aip.field(_KIND)))
        for doctor in practitioners(reading, aip.field(_WHAT)):
            yield _participant(_PERFORMER, doctor, _status(reading, aip), kind)


def _places(reading: Reading) -> Iterator[Resource]:
    """A bed or ward as the dialect reads places, else the place in words."""
    for ail in _kept(reading, "AIL"):
        field = ail.field(_WHAT)
        place = place_in(reading, field)
        if place.part(reading.dialect.locations.ward):
            actor = locations(reading, place, "AIL-3")[-1]
        elif any(place):
            actor = {"type": "Location", "display": ", ".join(part for part in place if part)}
        else:
            continue
        yield _participant(_PLACE, actor, _status(reading, ail), None)


def _things(reading: Reading) -> Iterator[Resource]:
    for aig in _kept(reading, "AIG"):
        parts, kind = first_of(aig.field(_WHAT)), first_of(aig.field(_KIND))
        if not any(parts):
            continue
        types = reading.dialect.scheduling.resource_types
        type_ = types.get(reading.word(kind.part(1))) or types.get(reading.word(kind.part(2)))
        actor = ({"type": type_} if type_ else {}) | _known_by(reading, parts)
        role = _ROLE_OF.get(type_ or "", _THING)
        yield _participant(role, actor, _status(reading, aig), coded(reading, kind))


def _known_by(reading: Reading, parts: Parts) -> Resource:
    """A reference by a local code, and its text."""
    code, text, owner = parts.upto(3)
    told: Resource = {}
    if code:
        told["identifier"] = {"system": filled(reading.dialect.results.local_coding_system, owner), "value": code}
    return told | {"display": text or code or " ".join(part for part in parts if part)}


def _kept(reading: Reading, name: str) -> list[Segment]:
    return [segment for segment in reading.message.all(name) if segment.field(_ACTION).text.strip() != "D"]


def _status(reading: Reading, segment: Segment) -> str:
    """What is booked has accepted, unless the filler says otherwise."""
    n = STATUS_FIELD[segment.name]
    sent = first_of(segment.field(n))
    if not any(sent):
        return "accepted"
    table = reading.dialect.scheduling.participation
    told = table.get(reading.word(sent.part(1))) or table.get(reading.word(sent.part(2)))
    if told is None:
        reading.flag("unknown-code", f"{segment.name}-{n}", "a status of something booked that the dialect knows")
    return told or "needs-action"


def _participant(role: str, actor: Resource, status: str, kind: Resource | None) -> Resource:
    types = [{"coding": [{"system": ROLES, "code": role}]}, *([kind] if kind else [])]
    return {"type": types, "actor": actor, "status": status}
