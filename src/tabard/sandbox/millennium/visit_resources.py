"""A visit as Millennium's FHIR tells it: an Encounter with every bed of the stay."""

from dataclasses import dataclass, replace
from datetime import datetime

from tabard.fhir import Resource
from tabard.sandbox.events import Stay
from tabard.sandbox.millennium.coding import Codes, in_words, instant, narrative, rendered, standard
from tabard.sandbox.millennium.numbers import fin_of

FIN_SYSTEM = "urn:oid:1.2.826.0.1.0000.2"
VISIT_SYSTEM = "urn:oid:1.2.826.0.1.0000.3"


@dataclass(frozen=True, slots=True)
class Lain:
    """A bed in which the patient lay, by its Location's id and in words, since when and until when."""

    location: str
    words: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """What the chart knows of a stay; `status` is FHIR's. `beds` are in order of time."""

    id: str
    patient: str
    name: str
    stay: Stay
    doctor: str
    status: str
    beds: tuple[Lain, ...]

    def into(self, bed: Lain) -> "Visit":
        """Moved to another bed."""
        *before, last = self.beds
        return replace(self, beds=(*before, replace(last, until=bed.since), bed))

    def back(self) -> "Visit":
        """The latest move undone."""
        *before, last, _ = self.beds
        return replace(self, beds=(*before, replace(last, until=None)))


def encounter(codes: Codes, visit: Visit) -> Resource:
    """The Encounter of a visit."""
    stay = visit.stay
    told: Resource = {
        "resourceType": "Encounter",
        "id": visit.id,
        "text": narrative("Encounter", _told(visit)),
        "identifier": _identifiers(codes, visit),
        "status": visit.status,
        "class": standard("v3-ActCode", "IMP", "inpatient encounter"),
        "type": [codes.concept("Inpatient", (71, "309308"), standard("v2-0004", "I", "Inpatient"))],
        "subject": {"reference": f"Patient/{visit.patient}", "display": visit.name},
        "participant": [_attending(codes, visit)],
        "period": _period(stay.admitted, stay.discharged),
        "location": [_location(bed, stay.discharged) for bed in visit.beds],
    }
    return {**told, **_left(codes)} if stay.discharged else told


def _told(visit: Visit) -> list[tuple[str, str]]:
    return [
        ("Patient", visit.name),
        ("Location", visit.beds[-1].words),
        ("Type", "Inpatient"),
        ("Status", visit.status),
        ("Period Start Date", in_words(visit.stay.admitted)),
        ("Attending Physician", f"{visit.stay.consultant.family}, {visit.stay.consultant.given}"),
    ]


def _identifiers(codes: Codes, visit: Visit) -> list[Resource]:
    told = (
        (fin_of(visit.stay.visit), "FIN NBR", "1077", ("AN", "Account number"), FIN_SYSTEM),
        (visit.stay.visit, "VISITID", "1079", ("VN", "Visit number"), VISIT_SYSTEM),
    )
    return [
        {
            "use": "usual",
            "type": codes.concept(name, (319, own), standard("v2-0203", *words)),
            "system": system,
            "value": value,
            "_value": rendered(value),
            "period": {"start": instant(visit.stay.admitted)},
        }
        for value, name, own, words, system in told
    ]


def _attending(codes: Codes, visit: Visit) -> Resource:
    doctor = visit.stay.consultant
    return {
        "type": [
            codes.concept("Attending Physician", (333, "1119"), standard("v3-ParticipationType", "ATND", "attender"))
        ],
        "period": {"start": instant(visit.stay.admitted)},
        "individual": {"reference": f"Practitioner/{visit.doctor}", "display": f"{doctor.family}, {doctor.given}"},
    }


def _location(bed: Lain, discharged: datetime | None) -> Resource:
    until = bed.until or discharged
    return {
        "location": {"reference": f"Location/{bed.location}", "display": bed.words},
        "status": "completed" if until else "active",
        "period": _period(bed.since, until),
    }


def _period(since: datetime, until: datetime | None) -> Resource:
    return {"start": instant(since)} | ({"end": instant(until)} if until else {})


def _left(codes: Codes) -> Resource:
    """Where a patient went, as a Location contained in the Encounter."""
    return {
        "contained": [{"resourceType": "Location", "id": "dischargelocation-0", "name": "Usual place of residence"}],
        "hospitalization": {
            "destination": {"reference": "#dischargelocation-0"},
            "dischargeDisposition": codes.concept(
                "Discharge to home", (19, "312916"), standard("discharge-disposition", "home", "Home")
            ),
        },
    }
