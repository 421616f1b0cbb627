"""Two registrations of one person become one (A40): who survives and who is replaced; and the way back (A37). Pure.

The one merged away stays in the record, inactive, and points to the survivor; the survivor takes its local numbers as old
ones, so that whatever still comes under them reaches the survivor. NHS numbers are not taken over: a survivor shows one.

Source: HL7 v2.4 3.3.24 (A24), 3.3.37 (A37), 3.3.40 (A40); FHIR R4, Patient.link.
"""

from collections.abc import Iterable

from tabard.dialect import SHIELDED, PatientKey
from tabard.fhir import Resource, nhs_number
from tabard.link.merging import united


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
    return _as_hidden(told, prior)


def restored(prior: Resource, survivor_id: str) -> Resource:
    """The one who was merged away, a registration of its own again."""
    told = {**prior, "active": True, "link": _links(prior, survivor_id)}
    return told if told["link"] else {key: value for key, value in told.items() if key != "link"}


def parted(patient: Resource, prior: Resource) -> Resource:
    """The survivor without what the merge gave: the other's local numbers, and the link."""
    others = {(one.get("system"), one["value"]) for one in _local_identifiers(prior)}
    own = [
        one
        for one in patient.get("identifier", [])
        if one.get("use") != "old" or (one.get("system"), one["value"]) not in others
    ]
    links = _links(patient, prior["id"])
    told = {**patient, "identifier": own, "link": links}
    return {key: value for key, value in told.items() if value or key not in {"identifier", "link"}}


def seen_with(patient: Resource, other_id: str) -> Resource:
    """The patient with a link that says: another registration of perhaps the same person, see there too (A24)."""
    return {**patient, "link": [*_links(patient, other_id), _link("seealso", other_id)]}


def seen_alone(patient: Resource, other_id: str) -> Resource:
    """The patient without any link to the other."""
    links = _links(patient, other_id)
    kept = {key: value for key, value in patient.items() if key != "link"}
    return {**kept, "link": links} if links else kept


def _as_hidden(patient: Resource, prior: Resource | None) -> Resource:
    """The survivor, hidden where the other is: it is one person, and who must not be found must not be found by either.

    It stays so after an unmerge, until a message says of the survivor that there is nothing to hide.
    """
    marks = [one for one in (prior or {}).get("extension", []) if one.get("url") == SHIELDED]
    labels = (prior or {}).get("meta", {}).get("security")
    if not (marks or labels) or any(one.get("url") == SHIELDED for one in patient.get("extension", [])):
        return patient
    told = {**patient, "extension": [*patient.get("extension", []), *marks]} if marks else patient
    return {**told, "meta": {**patient.get("meta", {}), "security": labels}} if labels else told


def _local_identifiers(patient: Resource | None) -> Iterable[Resource]:
    identifiers = (patient or {}).get("identifier", [])
    return (one for one in identifiers if one.get("system") and one["system"] != nhs_number.SYSTEM)


def _links(patient: Resource, other_id: str) -> list[Resource]:
    return [link for link in patient.get("link", []) if link["other"]["reference"] != f"Patient/{other_id}"]


def _link(kind: str, id_: str) -> Resource:
    return {"other": {"reference": f"Patient/{id_}"}, "type": kind}
