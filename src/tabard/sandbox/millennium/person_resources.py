"""A person as Millennium's FHIR tells them: Patient, AllergyIntolerance, and the Patient who was combined away."""

from datetime import UTC, datetime

from tabard.fhir import Resource
from tabard.sandbox.millennium.allergies import Allergy
from tabard.sandbox.millennium.coding import Codes, absent, dialled, in_words, instant, narrative, rendered, standard
from tabard.sandbox.people import Person

MRN_SYSTEM = "urn:oid:1.2.826.0.1.0000.1"
"""The pretend hospital's own numbers. No such OID is given out."""

NHS_SYSTEM = "urn:oid:2.16.840.1.113883.2.1.4.1"
"""NHS numbers by their OID, as a Millennium names them. Source: HL7 OID registry."""

_GENDERS = {"1": ("male", "Male"), "2": ("female", "Female")}


def patient(codes: Codes, id_: str, person: Person, mrn: str | None, known: datetime) -> Resource:
    """The Patient of a person; `mrn` is the hospital number that the chart gives them, None where it has none.

    `known` is since when the chart has them.
    """
    since, (gender, _) = instant(known), _GENDERS.get(person.sex, ("unknown", "Unknown"))
    full = f"{person.family}, {' '.join(part for part in (person.given, person.middle) if part)}"
    return {
        "resourceType": "Patient",
        "id": id_,
        "text": narrative("Patient", _told(person, full)),
        "identifier": _identifiers(codes, id_, person, mrn, since),
        "active": True,
        "name": [_name(id_, person, full, since)],
        "telecom": [
            _phone(id_, 0, person.phone, "home", since),
            _phone(id_, 1, person.mobile, "mobile", since),
        ],
        "gender": gender,
        "birthDate": f"{person.born:%Y-%m-%d}",
        "address": [_address(id_, person, since)],
    }


def combined(id_: str, into: str) -> Resource:
    """What is left of a Patient who was combined into another: found by its id only, and it says of whom it is now."""
    return {
        "resourceType": "Patient",
        "id": id_,
        "text": narrative("Patient", [("Status", "Inactive"), ("Replaced By", f"Patient/{into}")]),
        "identifier": [absent()],
        "active": False,
        "name": [absent()],
        "_gender": absent(),
        "link": [{"other": {"reference": f"Patient/{into}"}, "type": "replaced-by"}],
    }


def allergy(codes: Codes, id_: str, patient_id: str, known: Allergy, recorded: datetime) -> Resource:
    """An allergy of a patient."""
    return {
        "resourceType": "AllergyIntolerance",
        "id": id_,
        "text": narrative("Allergy Intolerance", [("Patient Id", patient_id), ("Allergy", known.substance)]),
        "clinicalStatus": {"coding": [standard("allergyintolerance-clinical", "active", "Active")], "text": "Active"},
        "verificationStatus": {
            "coding": [standard("allergyintolerance-verification", "confirmed", "Confirmed")],
            "text": "Confirmed",
        },
        "criticality": known.criticality,
        "code": codes.concept(
            known.substance, (93, known.snomed[-6:]), standard("http://snomed.info/sct", known.snomed, known.substance)
        ),
        "patient": {"reference": f"Patient/{patient_id}"},
        "recordedDate": instant(recorded),
    }


def _told(person: Person, full: str) -> list[tuple[str, str]]:
    born = in_words(datetime.combine(person.born, datetime.min.time(), UTC)).rsplit(" ", 3)[0]
    sex = _GENDERS.get(person.sex, ("unknown", "Unknown"))[1]
    return [("Name", full), ("Status", "Active"), ("DOB", born), ("Administrative Gender", sex)]


def _identifiers(codes: Codes, id_: str, person: Person, mrn: str | None, since: str) -> list[Resource]:
    told = [] if mrn is None else [(mrn, "MRN", "10", "MR", "Medical record number", MRN_SYSTEM)]
    if person.nhs_number:
        told.append((person.nhs_number, "NHS Number", "18", "NH", "National Health Plan Identifier", NHS_SYSTEM))
    return [
        {
            "id": f"CI-{id_}-{place}",
            "use": "usual",
            "type": codes.concept(name, (4, own), standard("v2-0203", code, display)),
            "system": system,
            "value": value,
            "_value": rendered(value),
            "period": {"start": since},
        }
        for place, (value, name, own, code, display, system) in enumerate(told)
    ] or [absent()]


def _name(id_: str, person: Person, full: str, since: str) -> Resource:
    name: Resource = {
        "id": f"CI-{id_}-0",
        "use": "official",
        "text": full,
        "family": person.family,
        "given": [part for part in (person.given, person.middle) if part],
        "period": {"start": since},
    }
    return {**name, "prefix": [person.title]} if person.title else name


def _phone(id_: str, place: int, number: str, use: str, since: str) -> Resource:
    told = {"system": "phone", "value": number, "use": use, "rank": place + 1, "period": {"start": since}}
    return {"id": f"CI-PH-{id_}-{place}", **dialled(number), **told}


def _address(id_: str, person: Person, since: str) -> Resource:
    line, other, town, county = person.address
    lines = [part for part in (line, other) if part]
    return {
        "id": f"CI-{id_}-0",
        "use": "home",
        "text": ", ".join((*lines, town, county, person.postcode)),
        "line": lines,
        "city": town,
        "district": county,
        "postalCode": person.postcode,
        "country": "GBR",
        "period": {"start": since},
    }
