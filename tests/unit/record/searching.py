"""A small world to search in, and a short way to ask: `Type?name=value&name=value`."""

from typing import Any

from tabard.fhir import Resource
from tabard.record import MayReach, Page, RecordReader

UCUM = "http://unitsofmeasure.org"
LOINC = "http://loinc.org"
MR = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR"}]}


def ref(name: str) -> dict[str, str]:
    return {"reference": name}


def coded(code: str, system: str = LOINC) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def measured(value: float, unit: str = "mmol/L", **more: str) -> dict[str, Any]:
    return {"value": value, "unit": unit, "system": UCUM, "code": unit, **more}


def observation(name: str, **more: Any) -> Resource:
    return {"resourceType": "Observation", "id": name, "status": "final", "code": coded("2951-2"), **more}


def pressure(name: str, systolic: float, diastolic: float) -> Resource:
    parts = [
        {"code": coded("8480-6"), "valueQuantity": measured(systolic, "mm[Hg]")},
        {"code": coded("8462-4"), "valueQuantity": measured(diastolic, "mm[Hg]")},
    ]
    return observation(name, code=coded("85354-9"), component=parts)


WORLD: list[Resource] = [
    {"resourceType": "Organization", "id": "gp", "name": "Mill Lane", "partOf": ref("Organization/rxx")},
    {"resourceType": "Organization", "id": "rxx", "name": "St Elsewhere"},
    {
        "resourceType": "Patient",
        "id": "ann",
        "meta": {"tag": [{"system": "urn:t", "code": "kept"}], "profile": ["http://x/p/UK|1.0"]},
        "identifier": [{"type": MR, "system": "urn:mrn", "value": "1"}, {"value": "2"}],
        "name": [{"family": "Smith", "given": ["Ann"]}],
        "telecom": [
            {"system": "phone", "value": "0113", "use": "home"},
            {"system": "email", "value": "a@x.example"},
            {"system": "sms", "value": "0777"},
        ],
        "address": [{"city": "Leeds", "line": ["1 Mill Lane"], "postalCode": "LS1 1AA"}],
        "generalPractitioner": [ref("Organization/gp")],
        "gender": "female",
        "birthDate": "1980-05-17",
    },
    {
        "resourceType": "Patient",
        "id": "bob",
        "meta": {"security": [{"code": "R"}]},
        "identifier": [{"system": "urn:mrn", "value": "1x", "type": MR}],
        "name": [{"family": "Smyth", "given": ["Bob"]}],
        "generalPractitioner": [ref("Practitioner/doc")],
        "deceasedDateTime": "2026-01-01",
        "birthDate": "1975",
    },
    {"resourceType": "Patient", "id": "cat", "name": [{"family": "Żak"}], "deceasedBoolean": False, "gender": "female"},
    {"resourceType": "Practitioner", "id": "doc", "name": [{"family": "Ng"}]},
    {"resourceType": "Encounter", "id": "in", "status": "in-progress", "subject": ref("Patient/ann"), "period": {"start": "2026-03-01"}, "length": measured(90, "min")},
    {"resourceType": "Encounter", "id": "out", "status": "finished", "subject": {**ref("Patient/bob"), "identifier": {"system": "urn:mrn", "value": "1x"}}, "period": {"start": "2026-02-01", "end": "2026-02-02"}},
    {"resourceType": "Encounter", "id": "who", "status": "planned", "subject": {"identifier": {"value": "7"}}},
    observation("na", subject=ref("Patient/ann"), encounter=ref("Encounter/in"), valueQuantity=measured(140), effectiveDateTime="2026-03-01"),
    observation("low", subject=ref("Patient/bob"), valueQuantity=measured(5.4, comparator="<"), effectiveDateTime="2026-03-02"),
    observation("text", subject=ref("Patient/bob"), code=coded("1"), valueString="Grew E. coli"),
    observation("cc", code=coded("2"), valueCodeableConcept={**coded("pos", "urn:r"), "text": "Positive"}, hasMember=[ref("Observation/na")]),
    pressure("bp1", 120, 80),
    pressure("bp2", 80, 120),
    {"resourceType": "RiskAssessment", "id": "r1", "status": "final", "subject": ref("Patient/ann"), "prediction": [{"probabilityDecimal": 0.8}]},
    {"resourceType": "RiskAssessment", "id": "r2", "status": "final", "subject": ref("Patient/bob"), "prediction": [{"probabilityRange": {"low": {"value": 0.1}, "high": {"value": 0.3}}}]},
    {"resourceType": "ValueSet", "id": "v1", "url": "http://x/fhir/ValueSet/1", "status": "active"},
    {"resourceType": "ValueSet", "id": "v2", "url": "http://x/fhir", "status": "active"},
    {"resourceType": "ValueSet", "id": "v3", "url": "http://x/fhirs/1", "status": "draft"},
    {"resourceType": "QuestionnaireResponse", "id": "q", "questionnaire": "http://x/q|2", "subject": ref("Patient/ann")},
    {"resourceType": "DocumentReference", "id": "d", "relatesTo": [{"code": "replaces", "target": ref("DocumentReference/e")}, {"code": "signs", "target": ref("DocumentReference/f")}]},
    {"resourceType": "Bundle", "id": "b", "type": "document", "entry": [{"resource": {"resourceType": "Composition", "id": "c1"}}, {"resource": {"resourceType": "MessageHeader", "id": "m"}}]},
    {"resourceType": "Basic", "id": "kept", "code": coded("note")},
]  # fmt: skip


def everywhere(_: str) -> tuple[()]:
    return ()


def asked(record: RecordReader, text: str, may_reach: MayReach | None = everywhere) -> Page:
    resource_type, _, query = text.partition("?")
    pairs = [pair.split("=", 1) for pair in query.split("&") if pair]
    return record.search(resource_type, [(name, value) for name, value in pairs], may_reach=may_reach)


def found(record: RecordReader, text: str, may_reach: MayReach | None = everywhere) -> str:
    page = asked(record, text, may_reach)
    assert page.total == len(page.matches)
    return " ".join(each.id for each in page.matches)
