"""Registrations: a person is told, and no visit. Source: HL7 v2.4, 3.3.28 "A28", 3.3.31 "A31"."""

from collections.abc import Sequence

from tabard.dialect.clinical.health import put_clinical
from tabard.dialect.model import Ids, PatientKey
from tabard.dialect.needs import required
from tabard.dialect.people.identifiers import Known
from tabard.dialect.people.patient import patient
from tabard.dialect.reading import Reading
from tabard.fhir.json import Resource


def registration(reading: Reading, known: Known, key: PatientKey) -> Ids:
    """The patient alone: a PV1 in such a message is no visit."""
    patient_id = drafted(reading, reading.ids.patient(key), known.identifiers)
    put_clinical(reading, patient_id, None)
    return Ids(patient_id)


def drafted(reading: Reading, patient_id: str, identifiers: Sequence[Resource]) -> str:
    """The patient's id, once the patient is drafted."""
    reading.add(patient(reading, required(reading, "PID"), reading.first("PD1"), patient_id, identifiers))
    return patient_id
