"""Results: whom they are about, and which visit. What a laboratory holds of the person changes neither patient nor visit."""

from tabard.dialect.encounter import encounter_id, visit_identifier
from tabard.dialect.identifiers import Known
from tabard.dialect.model import Ids, PatientKey
from tabard.dialect.reading import Reading
from tabard.dialect.report import About, reports
from tabard.fhir.json import Resource


def result(reading: Reading, known: Known, key: PatientKey) -> Ids:
    """Every report of the message and its results. Raises Untranslatable when there is none."""
    patient_id = reading.ids.patient(key)
    subject: Resource = {"reference": f"Patient/{patient_id}"}
    visit = visit_identifier(reading, reading.message.first("PV1"))
    visited: Resource | None = None
    visit_id = None
    if visit is not None:
        visit_id = encounter_id(reading, visit)
        number = {"system": visit["system"], "value": visit["value"]}
        visited = {"reference": f"Encounter/{visit_id}", "identifier": number}
    if known.identifiers:
        first = next((one for one in known.identifiers if one.get("system")), known.identifiers[0])
        subject = {**subject, "identifier": {name: first[name] for name in ("system", "value") if name in first}}
    reports(reading, About(subject, visited))
    return Ids(patient_id, visit_id=visit_id)
