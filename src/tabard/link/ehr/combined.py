"""Whom a combined patient was combined into, which a read by id alone tells. Pure.

Source: Millennium Platform APIs for FHIR R4, Patient, "combined patients"; FHIR R4 8.1.4 (Patient.link).
"""

from tabard.fhir import Resource
from tabard.link.ehr.references import target_of


def combined_into(base: str, patient: Resource) -> frozenset[str]:
    """The ids of the patients who took the place of this one; none where it was not combined away."""
    links = patient.get("link")
    if patient.get("active") is not False or not isinstance(links, list):
        return frozenset()
    told = [_other(one) for one in links if isinstance(one, dict) and one.get("type") == "replaced-by"]
    targets = [target_of(base, one) for one in told if one is not None]
    return frozenset(one.id for one in targets if one.type == "Patient" and one.id is not None)


def _other(link: Resource) -> str | None:
    other = link.get("other")
    reference = other.get("reference") if isinstance(other, dict) else None
    return reference if isinstance(reference, str) else None
