"""A world in which each parameter finds something, and short ways to ask it."""

from tabard.fhir import Resource
from tabard.record import RecordReader

NHS = "https://fhir.nhs.uk/Id/nhs-number"


LAB = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}


def ref(name: str) -> dict[str, str]:
    return {"reference": name}


WORLD: list[Resource] = [
    {
        "resourceType": "Patient",
        "id": "ann",
        "identifier": [{"system": NHS, "value": "9990000001"}, {"system": "urn:mrn", "value": "A,1|x"}],
        "name": [{"family": "O\u2019Brien", "given": ["Ann", "Zoë"], "prefix": ["Dr"]}],
        "birthDate": "1980-05-17",
        "gender": "female",
        "active": True,
        "address": [{"postalCode": "LS1 1AA"}],
        "generalPractitioner": [ref("Organization/gp")],
        "managingOrganization": ref("Organization/rxx"),
    },
    {
        "resourceType": "Patient",
        "id": "bob",
        "identifier": [{"value": "9990000001"}],
        "name": [{"family": "Brien", "given": ["Bob"]}],
        "birthDate": "1980-05",
        "gender": "male",
        "active": False,
        "link": [{"other": ref("Patient/ann"), "type": "replaced-by"}],
    },
    {
        "resourceType": "Encounter",
        "id": "in",
        "identifier": [{"system": "urn:visit", "value": "V1"}],
        "status": "in-progress",
        "class": {"system": "urn:act", "code": "IMP"},
        "type": [{"coding": [{"code": "medical"}]}],
        "subject": ref("Patient/ann"),
        "period": {"start": "2026-03-01T10:00:00Z"},
        "location": [{"location": ref("Location/ward")}, {"location": ref("Location/bed1")}],
        "participant": [{"individual": ref("Practitioner/doc")}],
        "serviceProvider": ref("Organization/rxx"),
        "partOf": ref("Encounter/out"),
    },
    {
        "resourceType": "Encounter",
        "id": "out",
        "status": "finished",
        "subject": ref("Patient/bob"),
        "period": {"start": "2026-02-01T10:00:00Z", "end": "2026-02-03T10:00:00Z"},
        "location": [{"location": ref("Location/bed2")}],
        "participant": [{"individual": ref("RelatedPerson/doc")}],
    },
    {"resourceType": "Encounter", "id": "group", "status": "planned", "subject": ref("Group/ann")},
    {
        "resourceType": "Observation",
        "id": "na",
        "identifier": [{"value": "R1"}],
        "status": "final",
        "category": [{"coding": [LAB]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "2951-2"}, {"code": "NA"}]},
        "subject": ref("Patient/ann"),
        "encounter": ref("Encounter/in"),
        "effectiveDateTime": "2026-03-01T11:00:00Z",
        "performer": [ref("Organization/rxx"), ref("Practitioner/doc")],
    },
    {
        "resourceType": "Observation",
        "id": "ward-temp",
        "status": "preliminary",
        "category": [{"coding": [{"system": "urn:other", "code": "laboratory"}]}],
        "code": {"coding": [{"system": "urn:x", "code": "2951-2"}]},
        "subject": ref("Location/ward"),
        "effectivePeriod": {"start": "2026-03-02", "end": "2026-03-03"},
        "hasMember": [ref("Observation/na")],
    },
    {
        "resourceType": "DiagnosticReport",
        "id": "ue",
        "identifier": [{"value": "R1"}],
        "status": "final",
        "category": [{"coding": [{"code": "LAB"}]}],
        "code": {"coding": [{"system": "urn:lab", "code": "UE"}]},
        "subject": ref("Patient/ann"),
        "encounter": ref("Encounter/in"),
        "effectiveDateTime": "2026-03-01",
        "issued": "2026-03-02T09:00:00.000Z",
        "result": [ref("Observation/na")],
        "performer": [ref("Organization/rxx")],
    },
    {"resourceType": "DiagnosticReport", "id": "none", "status": "registered", "code": {"text": "UE"}},
    {
        "resourceType": "Location",
        "id": "ward",
        "identifier": [{"value": "OBS1"}],
        "status": "active",
        "name": "Observation Ward",
        "alias": ["Obs"],
        "managingOrganization": ref("Organization/rxx"),
    },
    {"resourceType": "Location", "id": "bed1", "name": "Bed 1", "partOf": ref("Location/ward"), "status": "suspended"},
    {"resourceType": "Location", "id": "bed2", "name": "Bed 2", "partOf": ref("http://else.example/Location/ward")},
    {"resourceType": "Practitioner", "id": "doc", "active": True, "identifier": [{"value": "C1"}], "name": [{"family": "Ng", "given": ["Li"]}]},
    {"resourceType": "Practitioner", "id": "nurse", "name": [{"text": "Sister Łuk"}]},
    {"resourceType": "Organization", "id": "rxx", "identifier": [{"value": "RXX"}], "name": "St Elsewhere", "active": True},
    {"resourceType": "Organization", "id": "gp", "alias": ["Mill Lane"], "partOf": ref("Organization/rxx")},
]  # fmt: skip


def found(record: RecordReader, asked: str) -> str:
    resource_type, _, query = asked.partition("?")
    pairs = [tuple(pair.split("=", 1)) for pair in query.split("&") if pair]
    page = record.search(resource_type, [(name, value) for name, value in pairs])
    assert page.total == len(page.matches)
    assert all(each.type == resource_type for each in page.matches)
    return " ".join(each.id for each in page.matches)


def found_by(record: RecordReader, resource_type: str, name: str, value: str) -> list[str]:
    return [each.id for each in record.search(resource_type, [(name, value)]).matches]
