"""About: whom and which visit results, orders, appointments and documents are about. None of them changes patient or visit."""

import msgspec

from tabard.dialect.model import Ids, PatientKey
from tabard.dialect.people.identifiers import Known
from tabard.dialect.reading import Reading
from tabard.dialect.visits.encounter import encounter_id, visit_identifier
from tabard.fhir.json import Resource


class About(msgspec.Struct, frozen=True):
    """References to the patient and the visit, each with the number that the message knows it by; and the record's ids."""

    subject: Resource
    encounter: Resource | None
    ids: Ids


def about(reading: Reading, known: Known, key: PatientKey) -> About:
    """Whom and which visit the message is about. Raises what the maker of ids raises."""
    patient_id = reading.ids.patient(key)
    subject: Resource = {"reference": f"Patient/{patient_id}"}
    if known.identifiers:
        first = next((one for one in known.identifiers if one.get("system")), known.identifiers[0])
        subject = {**subject, "identifier": {name: first[name] for name in ("system", "value") if name in first}}
    visit = visit_identifier(reading, reading.message.first("PV1"))
    if visit is None:
        return About(subject, None, Ids(patient_id))
    visit_id = encounter_id(reading, visit)
    number = {"system": visit["system"], "value": visit["value"]}
    return About(
        subject, {"reference": f"Encounter/{visit_id}", "identifier": number}, Ids(patient_id, visit_id=visit_id)
    )
