"""The NHS number for the eye: spaced 3 3 4, with its verification status, and a warning where it fails its check."""

from dataclasses import dataclass

from tabard.fhir import Resource
from tabard.fhir.nhs_number import SYSTEM, is_valid
from tabard.web.hospital.views.fhir import NHS_NUMBER_STATUS, codes, concept

FAILED_CHECK = "urn:tabard:extension:failed-check"
"""Set by a dialect on a number that fails its check or belongs to nobody."""

_LENGTH = 10
_VERIFIED = "01"
_STATUS_WORDS = {
    "01": "verified",
    "02": "present, not traced",
    "03": "trace required",
    "04": "trace attempted, no match or several",
    "05": "trace to be resolved",
    "06": "trace in progress",
    "07": "not present, trace not required",
    "08": "trace postponed (baby under 6 weeks)",
}
"""Source: NHS Data Dictionary, NHS number status indicator code."""


@dataclass(frozen=True, slots=True)
class NhsNumber:
    """`text` is empty when the record holds no number."""

    text: str
    status: str
    is_verified: bool
    is_valid: bool


def nhs_number(patient: Resource) -> NhsNumber:
    """The NHS number of a Patient."""
    held: Resource = next((one for one in patient.get("identifier", []) if one.get("system") == SYSTEM), {})
    number = str(held.get("value", ""))
    status: Resource = next((one for one in held.get("extension", []) if one.get("url") == NHS_NUMBER_STATUS), {})
    told = status.get("valueCodeableConcept")
    code = next(codes(told), "")
    words = _STATUS_WORDS.get(code) or concept(told) or "verification status not known"
    is_marked = any(one.get("url") == FAILED_CHECK for one in held.get("extension", []))
    passes = is_valid(number) and not is_marked
    return NhsNumber(spaced(number), words, is_verified=passes and code == _VERIFIED, is_valid=passes)


def spaced(number: str) -> str:
    """`943 476 5919`; what has not ten characters stands as it is."""
    return f"{number[:3]} {number[3:6]} {number[6:]}" if len(number) == _LENGTH else number
