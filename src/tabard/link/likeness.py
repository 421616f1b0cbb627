"""Likeness: what speaks for a registration and a message being of one person, and what against it. Pure."""

from tabard.dialect import UK_CORE, PatientKey
from tabard.fhir import Resource
from tabard.fhir.folding import fold
from tabard.link.merging import passes_check

_STATUS = f"{UK_CORE}NHSNumberVerificationStatus"
_VERIFIED = "01"


def is_born_alike(patient: Resource, key: PatientKey) -> bool:
    """Whether both birth dates are known and agree, as far as both go."""
    born, told = patient.get("birthDate"), key.birth_date
    if not born or not told:
        return False
    shared = min(len(born), len(told))
    return bool(born[:shared] == told[:shared])


def is_named_alike(patient: Resource, key: PatientKey) -> bool:
    """Whether the family name is one that the patient has or had; case, accents and signs say nothing."""
    family = _plain(key.family or "")
    return bool(family) and family in {_plain(name.get("family", "")) for name in patient.get("name", [])}


def is_same_person(patient: Resource, key: PatientKey) -> bool:
    """Whether the birth dates agree, or where one of them is unknown, the family names."""
    if key.birth_date and patient.get("birthDate"):
        return is_born_alike(patient, key)
    return is_named_alike(patient, key)


def contradicts(patient: Resource, key: PatientKey) -> bool:
    """Whether the patient found by a local identifier is plainly another than the one a result describes.

    So it is where both have an NHS number that passes its check and they differ; where they cannot be compared, a
    different birth date says so.
    """
    if (is_same := _has_nhs_number(patient, key)) is not None:
        return not is_same
    born = patient.get("birthDate")
    return bool(born and key.birth_date) and not is_same_person(patient, key)


def is_overwritten(patient: Resource, key: PatientKey) -> bool:
    """Whether what a message says of a registration's person is of somebody else: another NHS number and birth date.

    So a registration that was written over by mistake shows.
    """
    return _has_nhs_number(patient, key) is False and not is_same_person(patient, key)


def _has_nhs_number(patient: Resource, key: PatientKey) -> bool | None:
    """Whether both have the same NHS number that passes its check; None where either has none."""
    numbers = {one["value"] for one in patient.get("identifier", []) if passes_check(one)}
    return key.nhs_number in numbers if numbers and key.nhs_number is not None else None


def is_believed(patient: Resource | None, number: str) -> bool:
    """Whether the patient's NHS number may find: it passes its check, and no status says that it is not verified."""
    held = [one for one in (patient or {}).get("identifier", []) if passes_check(one) and one["value"] == number]
    return any(_is_verified(one) for one in held)


def _is_verified(identifier: Resource) -> bool:
    """Whether it is told to be verified, or nothing is told of it. Source: ITK HL7 v2 Message Specifications, PID-32 (NSTS01)."""
    told = [one for one in identifier.get("extension", []) if one.get("url") == _STATUS]
    codings = [coding for one in told for coding in one.get("valueCodeableConcept", {}).get("coding", [])]
    return not codings or any(coding.get("code") == _VERIFIED for coding in codings)


def _plain(name: str) -> str:
    return "".join(letter for letter in fold(name) if letter.isalnum())
