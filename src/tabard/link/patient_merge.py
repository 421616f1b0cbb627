"""Two registrations of one person become one (A40): who survives, who is replaced, what moves over. Pure.

The one merged away stays in the record, inactive, and points to the survivor; the survivor takes its local numbers as old
ones, so that whatever still comes under them reaches the survivor. NHS numbers are not taken over: a survivor shows one.

Source: HL7 v2.4 3.3.40 (A40); FHIR R4, Patient.link.
"""

from collections.abc import Iterable

from tabard.dialect import PatientKey
from tabard.fhir import Resource, nhs_number
from tabard.link.merging import united

MOVED_TYPES = ("Encounter", "Observation", "DiagnosticReport")
"""What belongs to a patient and goes over to the survivor."""


def replaced(prior: Resource, survivor_id: str) -> Resource:
    """The one merged away: inactive, replaced by the survivor."""
    return {**prior, "active": False, "link": [*_links(prior, survivor_id), _link("replaced-by", survivor_id)]}


def surviving(patient: Resource, prior: Resource | None, key: PatientKey | None) -> Resource:
    """The survivor, with the other's local numbers as old ones and, where the other is known here, a link to it."""
    old = [*_local_identifiers(prior), *({"system": s, "value": v} for s, v in (key.local if key else ()))]
    known = {(one.get("system"), one.get("value")) for one in patient.get("identifier", [])}
    aliases = [{**one, "use": "old"} for one in old if (one.get("system"), one.get("value")) not in known]
    told = {**patient, "identifier": united(patient.get("identifier", []), aliases)}
    if prior is not None and _link("replaces", prior["id"]) not in patient.get("link", []):
        told["link"] = [*_links(patient, prior["id"]), _link("replaces", prior["id"])]
    return told


def repointed(resource: Resource, survivor_id: str) -> Resource:
    """The same visit or result, of the survivor."""
    return {**resource, "subject": {**resource.get("subject", {}), "reference": f"Patient/{survivor_id}"}}


def _local_identifiers(patient: Resource | None) -> Iterable[Resource]:
    identifiers = (patient or {}).get("identifier", [])
    return (one for one in identifiers if one.get("system") and one["system"] != nhs_number.SYSTEM)


def _links(patient: Resource, other_id: str) -> list[Resource]:
    return [link for link in patient.get("link", []) if link["other"]["reference"] != f"Patient/{other_id}"]


def _link(kind: str, id_: str) -> Resource:
    return {"other": {"reference": f"Patient/{id_}"}, "type": kind}
