"""Events as Millennium's HL7 v2.3: ADT, appointments and letters; results stay in its chart."""

from dataclasses import replace
from datetime import datetime
from string import Template

from tabard.ground.errors import InternalError
from tabard.sandbox.appointments import letter_segments, schedule_segments
from tabard.sandbox.events import Event, Kind
from tabard.sandbox.layout import Clinician, Layout, Place
from tabard.sandbox.messages import code_of
from tabard.sandbox.millennium import segments
from tabard.sandbox.millennium.allergies import allergies_of
from tabard.sandbox.millennium.numbers import fin_of
from tabard.sandbox.people import Person
from tabard.sandbox.wording import local_time, text

AUTHORITY = "Millpond"
_TRIGGERS = {Kind.merged: "A34"}
_PLANNED = frozenset({Kind.pre_admitted, Kind.pre_admission_cancelled})
_OF_VISITS = frozenset({Kind.visits_merged, Kind.visit_moved})
_WITH_OBX = {Kind.admitted, Kind.updated}


def render_adt(event: Event, layout: Layout, *, control_id: str, sent: datetime) -> bytes:
    """The message that tells the event, UTF-8, a CR after each segment; a merge is A34. `sent` is an aware time."""
    if event.kind is Kind.reported:
        raise InternalError("a pretend Millennium tells no results by HL7 v2")
    values = {
        "ods": layout.ods,
        "site": layout.site,
        "authority": AUTHORITY,
        "code": code_of(event.kind),
        "trigger": _TRIGGERS.get(event.kind, event.kind.value),
        "control_id": control_id,
        "sent": local_time(sent),
        "recorded": local_time(event.at),
        "occurred": local_time(event.at),
        "absorbed": event.absorbed or "",
        "absorbed_visit": event.absorbed_visit or "",
        **_person(event.person),
        **_stay(event),
    }
    lines = [Template(segment).substitute(values) for segment in _segments(event)]
    if event.appointment is not None:
        head, rest = schedule_segments(event.appointment, layout.site)
        lines = [lines[0], *head, *lines[1:], *rest]
    if event.letter is not None:
        lines += letter_segments(event.letter, event.at)
    if event.other is not None:
        lines += _second(event, values)
    return "".join(f"{line}\r" for line in lines).encode()


def _segments(event: Event) -> list[str]:
    told = [segments.HEADER, *([] if event.appointment else [segments.HAPPENED]), segments.PERSON]
    if event.kind in _OF_VISITS:
        return [*told, segments.VISIT_MERGED, *([segments.STAY] if event.stay else [])]
    if event.absorbed is not None:
        return [*told, segments.MERGED]
    if event.stay is not None:
        told.append(segments.STAY)
    if event.kind in _WITH_OBX:
        told += [segments.OVERSEAS, segments.SITE]
    if event.kind is Kind.admitted:
        told += [
            segments.ALLERGY.replace("$allergy", text(allergy.substance).upper())
            for allergy in allergies_of(event.person)
        ]
    return told


def _person(person: Person) -> dict[str, str]:
    numbers = [f"{person.mrn}^^^{AUTHORITY} MRN^MRN^CD:5294405"]
    if person.nhs_number:
        numbers.append(f"{person.nhs_number}^^^NHSNBR^NHSNMBR")
    return {
        "mrn": person.mrn,
        "identifiers": "~".join(numbers),
        "family": text(person.family),
        "given": text(person.given),
        "middle": text(person.middle or ""),
        "title": person.title,
        "earlier": "",
        "born": f"{person.born:%Y%m%d}",
        "sex": person.sex,
        "home": "^".join(text(line) for line in (*person.address, person.postcode)),
        "phone": person.phone,
        "mobile": person.mobile,
        "ethnic": person.ethnic,
        "fin": "",
    }


def _second(event: Event, values: dict[str, str]) -> list[str]:
    """The other patient of a swap."""
    if event.other is None:
        return []
    person, stay = event.other
    told = {**values, **_person(person), **_stay(replace(event, person=person, stay=stay))}
    return [Template(segment).substitute(told) for segment in (segments.PERSON, segments.STAY)]


def _stay(event: Event) -> dict[str, str]:
    stay, before = event.stay, event.before
    if stay is None:
        return {}
    is_planned = event.kind in _PLANNED
    return {
        "class": "PREADMIT" if is_planned else "INPATIENT",
        "pending": _place(event.pending) if isinstance(event.pending, Place) else "",
        "fin": f"{fin_of(stay.visit)}^^^{AUTHORITY} FIN^FINNBR^",
        "place": _place(stay.place),
        "before": _place(before) if before else "^^^^^^",
        "consultant": _clinician(stay.consultant),
        "specialty": stay.specialty,
        "visit": stay.visit,
        "account": "PREADMIT" if is_planned else "DISCHARGED" if stay.discharged else "ACTIVE",
        "leave": "1" if stay.discharged else "",
        "destination": "19" if stay.discharged else "",
        "admitted": "" if is_planned else local_time(stay.admitted),
        "discharged": local_time(stay.discharged) if stay.discharged else "",
    }


def bay_of(bed: str) -> str:
    """The bay in which a bed stands: `Bay A` for `A1`; a side room is a bay of its own."""
    return f"Bay {bed[0]}" if not bed.startswith("SR") else "Side Rooms"


def _place(place: Place) -> str:
    return f"{text(place.ward)}^{bay_of(place.bed)}^{place.bed}^MPR^^BED^MPR"


def _clinician(doctor: Clinician) -> str:
    """One doctor under two numbers, the national one first, as Millennium repeats them."""
    name = f"{text(doctor.family)}^{text(doctor.given)}"
    own = f"8950004{doctor.code[-5:]}"
    return f"{doctor.code}^{name}^^^^^^NHSCSLTNBR^PRSNL^^^NONGP^~{own}^{name}^^^{doctor.title}^^^DRNBR^PRSNL^^^ORGDR^"
