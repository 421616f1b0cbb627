"""Movements: an event in the life of one visit, from its planning to its end. Source: HL7 v2.4, 3.3 "Trigger events"."""

from tabard.dialect.clinical.health import put_clinical
from tabard.dialect.events.registrations import drafted
from tabard.dialect.model import Event, Ids, PatientKey
from tabard.dialect.needs import required, same_visit_number
from tabard.dialect.people.identifiers import Known
from tabard.dialect.reading import Reading
from tabard.dialect.visits.encounter import encounter, encounter_id, required_visit

MOVEMENTS = frozenset(
    {
        *(Event.admit, Event.register_visit, Event.pre_admit, Event.pend_admit),
        *(Event.pend_transfer, Event.pend_discharge, Event.cancel_pre_admit, Event.cancel_pend_admit),
        *(Event.cancel_pend_transfer, Event.cancel_pend_discharge, Event.transfer, Event.to_inpatient),
        *(Event.to_outpatient, Event.swap, Event.leave, Event.return_from_leave, Event.cancel_leave),
        *(Event.cancel_return, Event.discharge, Event.update, Event.cancel_admit, Event.cancel_transfer),
        *(Event.cancel_discharge, Event.delete_visit),
    }
)
"""The events that are about one visit of each patient they name."""


def movement(reading: Reading, known: Known, key: PatientKey) -> Ids:
    """The patient and the visit. Raises Untranslatable when it does not say which visit, or gives it another number."""
    pv1 = required(reading, "PV1")
    visit = required_visit(reading, pv1)
    same_visit_number(reading, visit)
    patient_id = drafted(reading, reading.ids.patient(key), known.identifiers)
    visit_id = encounter_id(reading, visit)
    diagnoses = put_clinical(reading, patient_id, visit_id)
    reading.add(encounter(reading, pv1, visit, (visit_id, patient_id), diagnoses))
    return Ids(patient_id, visit_id=visit_id)
