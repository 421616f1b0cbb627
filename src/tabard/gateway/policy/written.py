"""Is what a product wrote within the context of a launch? Pure."""

from tabard.fhir import Resource
from tabard.gateway.model import EncounterContext, PatientContext, Rights


def is_within(rights: Rights, resource: Resource) -> bool:
    """Whether an Appointment or DocumentReference is of the bound patient; a document in a visit, of that visit too."""
    match rights.context:
        case PatientContext(patient) if patient:
            return _is_of(resource, patient)
        case EncounterContext(encounter, patient) if encounter and patient:
            visits = [one.get("reference") for one in resource.get("context", {}).get("encounter", ())]
            is_there = resource["resourceType"] == "Appointment" or f"Encounter/{encounter}" in visits
            return is_there and _is_of(resource, patient)
        case _:
            return False


def _is_of(resource: Resource, patient: str) -> bool:
    actors = [one.get("actor", {}) for one in resource.get("participant", ())]
    named = actors if resource["resourceType"] == "Appointment" else [resource.get("subject", {})]
    return any(one.get("reference") == f"Patient/{patient}" for one in named)
