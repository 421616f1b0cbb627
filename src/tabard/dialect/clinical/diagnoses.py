"""Condition: what the patient is treated for in a visit. Source: HL7 v2.4, 6.5.2 "DG1"; UK Core, Condition."""

from collections.abc import Sequence

from tabard.dialect.clinical.codes import clinical_code, key_of_code
from tabard.dialect.parts import first_of
from tabard.dialect.people.practitioners import practitioners
from tabard.dialect.reading import Drafting, Reading
from tabard.fhir.json import Resource
from tabard.hl7v2 import Segment

_METHOD, _CODE, _TEXT, _AT, _TYPE, _RANK, _BY, _NOTED = 2, 3, 4, 5, 6, 15, 16, 19
_CATEGORY = "http://terminology.hl7.org/CodeSystem/condition-category"
_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_VERIFIED = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
_USE = "http://terminology.hl7.org/CodeSystem/v2-0052"
_USES = {"A": "Admitting", "W": "Working", "F": "Final"}

FIELDS = frozenset({1, _METHOD, _CODE, _TEXT, _AT, _TYPE, _RANK, _BY, _NOTED})
"""The fields of DG1 that are read."""


def put_diagnoses(
    reading: Reading, segments: Sequence[Segment], subject: Resource, visit: Resource | None
) -> tuple[list[Resource], bool]:
    """Draft each diagnosis; gives them as Encounter.diagnosis tells them, and whether they are the visit's whole list."""
    told = [one for dg1 in segments if (one := _put(reading, dg1, subject, visit))]
    return told, len(told) == len(segments) or all(reading.clears(dg1.field(_CODE)) for dg1 in segments)


def _put(reading: Reading, dg1: Segment, subject: Resource, visit: Resource | None) -> Resource | None:
    code = clinical_code(reading, dg1, method=_METHOD, code=_CODE, text=_TEXT)
    if code is None:
        return None
    kind = first_of(dg1.field(_TYPE)).part(1)
    within = (visit or subject)["reference"]
    draft = Drafting("Condition", reading.ids.other("Condition", within, *key_of_code(code), kind))
    draft.put("clinicalStatus", {"coding": [{"system": _CLINICAL, "code": "active"}]})
    if verified := _verified(reading, kind):
        draft.put("verificationStatus", {"coding": [{"system": _VERIFIED, "code": verified}]})
    if visit is not None:
        draft.put("category", [{"coding": [{"system": _CATEGORY, "code": "encounter-diagnosis"}]}])
    draft.put("code", code)
    draft.put("subject", subject)
    draft.put("encounter", visit)
    reading.put_moment(draft, "onsetDateTime", dg1.field(_AT), "DG1-5")
    reading.put_moment(draft, "recordedDate", dg1.field(_NOTED), "DG1-19")
    draft.put("asserter", next(iter(practitioners(reading, dg1.field(_BY), "DG1-16")), None))
    reading.add(draft.done())
    return {"condition": {"reference": f"Condition/{draft.resource['id']}"}} | _use(kind) | _rank(reading, dg1)


def _verified(reading: Reading, kind: str) -> str | None:
    types = reading.dialect.clinical.diagnosis_types
    if kind and kind not in types and kind not in _USES:
        reading.flag("unknown-code", "DG1-6", "a type of diagnosis that the dialect knows")
    return types.get(kind)


def _use(kind: str) -> Resource:
    return {"use": {"coding": [{"system": _USE, "code": kind, "display": _USES[kind]}]}} if kind in _USES else {}


def _rank(reading: Reading, dg1: Segment) -> Resource:
    """DG1-15; 0 and what is no number rank nothing. Source: FHIR R4, Encounter.diagnosis.rank, a positiveInt."""
    sent = dg1.field(_RANK).text.strip()
    if sent.isascii() and sent.isdigit() and len(sent) < 10 and int(sent):  # noqa: PLR2004  no more fits a positiveInt
        return {"rank": int(sent)}
    if sent and sent != "0":
        reading.flag("bad-number", "DG1-15", "1 for the first diagnosis, 2 for the second, and so on")
    return {}
