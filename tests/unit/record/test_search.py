"""Search: each parameter, prefix and modifier finds what it must and nothing else."""

import pytest

from tabard.fhir import Resource
from tabard.record import MAX_COUNT, BadSearch, RecordReader

from .conftest import Put

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


@pytest.fixture
def world(put: Put, reader: RecordReader) -> RecordReader:
    put(*WORLD)
    return reader


def found(record: RecordReader, asked: str) -> str:
    resource_type, _, query = asked.partition("?")
    pairs = [tuple(pair.split("=", 1)) for pair in query.split("&") if pair]
    page = record.search(resource_type, [(name, value) for name, value in pairs])
    assert page.total == len(page.matches)
    assert all(each.type == resource_type for each in page.matches)
    return " ".join(each.id for each in page.matches)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("Patient?", "ann bob"),
        # token: the four forms, or, escapes, exact case
        ("Patient?identifier=9990000001", "ann bob"),
        (f"Patient?identifier={NHS}|9990000001", "ann"),
        ("Patient?identifier=|9990000001", "bob"),
        (f"Patient?identifier={NHS}|", "ann"),
        ("Patient?identifier=urn:mrn|9990000001", ""),
        ("Patient?identifier=urn:mrn|,|9990000001", "ann bob"),
        (r"Patient?identifier=A\,1\|x", "ann"),
        (r"Patient?identifier=urn:mrn|a\,1\|x", ""),
        ("Patient?identifier=A", ""),
        (f"Patient?identifier={NHS}|&identifier=9990000001", "ann"),
        (f"Patient?identifier=urn:mrn|&identifier={NHS}|", "ann"),
        ("Patient?gender=female", "ann"),
        ("Patient?gender=http://hl7.org/fhir/administrative-gender|male", "bob"),
        ("Patient?gender=Female", ""),
        ("Patient?active=true", "ann"),
        ("Patient?active=false", "bob"),
        # string
        ("Patient?family=o'b", "ann"),
        ("Patient?family=O\u2019BRIEN", "ann"),
        ("Patient?family=brien", "bob"),
        ("Patient?family:contains=brien", "ann bob"),
        ("Patient?family:exact=O\u2019Brien", "ann"),
        ("Patient?family:exact=O'Brien", ""),
        ("Patient?family:exact=O\u2019B", ""),
        ("Patient?given=zoe", "ann"),
        ("Patient?given=oe", ""),
        ("Patient?given=ann,bo", "ann bob"),
        ("Patient?name=dr", "ann"),
        ("Patient?name=bri&name=bob", "bob"),
        ("Patient?name=bri&name=ann", ""),
        ("Patient?name:contains=RIE&given=Ann", "ann"),
        ("Patient?family=%", ""),
        ("Patient?family=_rien", ""),
        ("Patient?address-postalcode=ls1", "ann"),
        # date
        ("Patient?birthdate=1980-05-17", "ann"),
        ("Patient?birthdate=1980-05", "ann bob"),
        ("Patient?birthdate=1980-05-18", ""),
        ("Patient?birthdate=1980-05-17,1980-05", "ann bob"),
        # reference
        ("Patient?general-practitioner=Organization/gp", "ann"),
        ("Patient?general-practitioner=gp", "ann"),
        ("Patient?general-practitioner=Practitioner/gp", ""),
        ("Patient?organization=rxx", "ann"),
        ("Patient?link=Patient/ann", "bob"),
        ("Encounter?patient=ann", "in"),
        ("Encounter?patient=Patient/ann", "in"),
        ("Encounter?patient=Group/ann", ""),
        ("Encounter?patient=Group/ann,bob", "out"),
        ("Encounter?patient=http://else.example/Patient/ann", ""),
        ("Encounter?subject=ann", "in group"),
        ("Encounter?subject:Patient=ann", "in"),
        ("Encounter?subject:Group=Group/ann", "group"),
        ("Encounter?subject=Patient/ann", "in"),
        ("Encounter?status=finished", "out"),
        ("Encounter?status=finished,planned", "out group"),
        ("Encounter?class=urn:act|IMP", "in"),
        ("Encounter?class=|IMP", ""),
        ("Encounter?type=medical", "in"),
        ("Encounter?identifier=urn:visit|V1", "in"),
        ("Encounter?location=ward", "in"),
        ("Encounter?location=Location/bed2,Location/ward", "in out"),
        ("Encounter?location=bed1&location=ward", "in"),
        ("Encounter?location=bed1&location=bed2", ""),
        ("Encounter?participant=doc", "in out"),
        ("Encounter?participant:RelatedPerson=doc", "out"),
        ("Encounter?practitioner=doc", "in"),
        ("Encounter?service-provider=Organization/rxx", "in"),
        ("Encounter?part-of=out", "in"),
        ("Encounter?date=ge2026-03-01", "in"),
        ("Encounter?date=2026-02", "out"),
        ("Encounter?date=lt2026-03", "out"),
        ("Observation?identifier=R1", "na"),
        ("Observation?patient=ann", "na"),
        ("Observation?subject=ward", "ward-temp"),
        ("Observation?subject=Patient/ward", ""),
        ("Observation?encounter=in", "na"),
        ("Observation?code=2951-2", "na ward-temp"),
        ("Observation?code=http://loinc.org|2951-2", "na"),
        ("Observation?code=NA", "na"),
        (f"Observation?category={LAB['system']}|laboratory", "na"),
        ("Observation?category=laboratory", "na ward-temp"),
        ("Observation?status=final", "na"),
        ("Observation?performer=Practitioner/doc", "na"),
        ("Observation?performer=doc&performer=rxx", "na"),
        ("Observation?has-member=na", "ward-temp"),
        ("Observation?date=2026-03-01", "na"),
        ("Observation?date=2026-03-02", ""),
        ("Observation?date=ge2026-03-02&date=le2026-03-03", "ward-temp"),
        ("Observation?patient=ann&category=laboratory&code=2951-2&date=2026-03-01T11:00:00Z", "na"),
        ("DiagnosticReport?identifier=R1", "ue"),
        ("DiagnosticReport?patient=ann", "ue"),
        ("DiagnosticReport?subject=Patient/ann", "ue"),
        ("DiagnosticReport?encounter=Encounter/in", "ue"),
        ("DiagnosticReport?code=urn:lab|UE", "ue"),
        ("DiagnosticReport?category=LAB", "ue"),
        ("DiagnosticReport?date=2026-03-01", "ue"),
        ("DiagnosticReport?date=ne2026-03-01", ""),
        ("DiagnosticReport?issued=2026-03-02T09:00:00.000Z", "ue"),
        ("DiagnosticReport?status=registered", "none"),
        ("DiagnosticReport?performer=Organization/rxx", "ue"),
        ("DiagnosticReport?result=Observation/na", "ue"),
        ("Location?identifier=OBS1", "ward"),
        ("Location?name=observation", "ward"),
        ("Location?name=obs", "ward"),
        ("Location?name=bed", "bed1 bed2"),
        ("Location?status=suspended", "bed1"),
        ("Location?partof=ward", "bed1"),
        ("Location?partof=http://else.example/Location/ward", "bed2"),
        ("Location?organization=rxx", "ward"),
        ("Practitioner?identifier=C1", "doc"),
        ("Practitioner?name=ng", "doc"),
        ("Practitioner?name=sister luk", "nurse"),
        ("Practitioner?family=ng&given=li", "doc"),
        ("Practitioner?active=true", "doc"),
        ("Organization?identifier=RXX", "rxx"),
        ("Organization?name=mill", "gp"),
        ("Organization?active=true", "rxx"),
        ("Organization?partof=rxx", "gp"),
        # every type
        ("Patient?_id=bob", "bob"),
        ("Patient?_id=bob,ann,none", "ann bob"),
        ("Patient?_id=bob&_id=ann", ""),
        ("Patient?_id=in", ""),
        ("Patient?name=bri&_id=bob", "bob"),
        ("Patient?_lastUpdated=2026-03-01T08:00:00.000Z", "ann"),
        ("Patient?_lastUpdated=2026-03-01", "ann bob"),
        ("Patient?_lastUpdated=gt2026-03-01T08:00:00Z", "bob"),
        ("Patient?_lastUpdated=ge2026-03-01T08:00:01.000Z", "bob"),
        ("Patient?_lastUpdated=le2026-03-01T08:00:00.000Z", "ann"),
        ("Patient?_lastUpdated=lt2026-03-01T08:00:01Z", "ann"),
        ("Patient?_lastUpdated=ne2026-03-01T08:00:00.000Z", "bob"),
        ("Patient?_lastUpdated=sa2026-03-01T08:00:00.000Z", "bob"),
        ("Patient?_lastUpdated=eb2026-03-01T08:00:01.000Z", "ann"),
        ("Patient?_lastUpdated=eb2026-03-01T08:00:00.000Z", ""),
    ],
)  # fmt: skip
def test_each_parameter(world: RecordReader, asked: str, expected: str) -> None:
    """The search finds exactly these, in the order in which they were kept, and counts them."""
    assert found(world, asked) == expected


RANGES = {
    "year": {"start": "2026", "end": "2026"},
    "march": {"start": "2026-03", "end": "2026-03"},
    "tenth": {"start": "2026-03-10", "end": "2026-03-10"},
    "over": {"start": "2026-02-20", "end": "2026-03-10"},
    "since": {"start": "2026-03-10"},
    "until": {"end": "2026-03-10"},
    "april": {"start": "2026-04", "end": "2026-04"},
    "january": {"start": "2026-01", "end": "2026-01"},
    "no": {},
}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03", "march tenth"),
        ("eq2026-03", "march tenth"),
        ("eq2026-03-10", "tenth"),
        ("ne2026-03", "year over since until april january"),
        ("gt2026-03", "year since april"),
        ("lt2026-03", "year over until january"),
        ("ge2026-03", "year march tenth since april"),
        ("le2026-03", "year march tenth over until january"),
        ("sa2026-03", "april"),
        ("eb2026-03", "january"),
        ("sa2026-02", "march tenth since april"),
        ("eb2026-04", "march tenth over until january"),
        ("gt2026-03-10T12:00:00Z", "year march tenth over since until april"),
        ("lt2026-03-10T12:00:00Z", "year march tenth over since until january"),
        ("eq2026-03-10T12:00:00Z", ""),
        ("gt9999", "since"),
        ("lt0001", "until"),
    ],
)
def test_date_prefixes(put: Put, reader: RecordReader, value: str, expected: str) -> None:
    """A period is compared with the searched range as FHIR's table of prefixes says, alone and behind another parameter.

    Source: FHIR R4 3.1.1.4.5, 3.1.1.4.7.
    """
    subject = ref("Patient/p")
    put(
        *[
            {"resourceType": "Encounter", "id": name, "subject": subject, "period": each}
            for name, each in RANGES.items()
        ]
    )
    assert found(reader, f"Encounter?date={value}") == expected
    assert found(reader, f"Encounter?patient=p&date={value}") == expected
    assert found(reader, f"Encounter?_id={','.join(RANGES)}&date={value}") == expected


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("Patient?nam=x", "nam"),
        ("Patient?subject=x", "subject"),
        ("Patient?name:text=x", "name:text"),
        ("Patient?identifier:text=x", "identifier:text"),
        ("Patient?identifier:in=x", "identifier:in"),
        ("Patient?gender:of-type=a|b|c", "gender:of-type"),
        ("Patient?identifier:of-type=a|b", "identifier:of-type"),
        ("Patient?name:not=x", "name:not"),
        ("Patient?deceased:missing=true", "deceased:missing"),
        ("Patient?deceased=maybe", "deceased"),
        ("Location?near=1|2", "near"),
        ("Observation?value-quantity=many", "value-quantity"),
        ("Observation?value-quantity=5|mg", "value-quantity"),
        ("Observation?code-value-quantity=5", "code-value-quantity"),
        ("Observation?code-value-quantity=a$", "code-value-quantity"),
        ("Observation?code-value-quantity:missing=true", "code-value-quantity:missing"),
        ("ValueSet?url:contains=x", "url:contains"),
        ("RiskAssessment?probability=ge", "probability"),
        ("Patient?_text=x", "_text"),
        ("Patient?_content=x", "_content"),
        ("Patient?_list=x", "_list"),
        ("Patient?birthdate:missing=maybe", "birthdate:missing"),
        ("Encounter?patient.name=x", "patient.name"),
        ("Encounter?subject:Device=x", "subject:Device"),
        ("Encounter?subject:Patient=Group/x", "subject:Patient"),
        ("Patient?_has:Encounter:patient:status=x", "_has"),
        ("Patient?_id:not=x", "_id:not"),
        ("Patient?_filter=x", "_filter"),
        ("Patient?_elements=id", "_elements"),
        ("Patient?name=", "name"),
        ("Patient?name= ", "name"),
        ("Patient?name=a,", "name"),
        ("Patient?identifier=|", "identifier"),
        ("Patient?birthdate=17/05/1980", "birthdate"),
        ("Patient?birthdate=aq1980", "birthdate"),
        ("Patient?birthdate=1980-02-30", "birthdate"),
        ("Patient?_lastUpdated=yesterday", "_lastUpdated"),
        ("Encounter?date=2026-03-01T10:00:00 00:00", "date"),
        ("Encounter?patient=a/b/c", "patient"),
        ("Encounter?patient=\ud800", "patient"),
        ("Patient?_id=" + ",".join(map(str, range(1001))), "_id"),
        ("Patient?name=" + ",".join(map(str, range(101))), "name"),
        ("Patient?_count=-1", "_count"),
        ("Patient?_count=many", "_count"),
        ("Patient?_count=5&_count=6", "_count"),
        ("Patient?_total=perhaps", "_total"),
        ("Patient?_sort=date", "_sort"),
        ("Patient?_sort=phonetic", "_sort"),
        ("Encounter?_sort=date,,_lastUpdated", "_sort"),
        ("Encounter?_sort=date,type,status,class", "_sort"),
        ("Encounter?_include=*", "_include"),
        ("Encounter?_include=Encounter:status", "_include"),
        ("Encounter?_include=Patient:link", "_include"),
        ("Encounter?_include=Encounter:subject:Device", "_include"),
        ("Encounter?_include:iterate=Encounter:patient", "_include:iterate"),
        ("Resource?_id=x", "Resource"),
        ("Encounter?_revinclude=Observation:encounter", "_revinclude"),
        ("patient?_id=x", "patient"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(world: RecordReader, asked: str, named: str) -> None:
    """Nothing of a search is ignored: what cannot be carried out is refused and named, the value is not told on."""
    with pytest.raises(BadSearch) as refused:
        found(world, asked)
    assert named in (refused.value.where or "")
    assert "17/05/1980" not in str(refused.value)


def test_too_much_is_refused(world: RecordReader) -> None:
    """The number of parameters, and of values in all, is bounded."""
    with pytest.raises(BadSearch, match="Too many parameters"):
        world.search("Patient", [("_id", "a")] * 51)
    with pytest.raises(BadSearch, match="Too many values in all"):
        world.search("Patient", [("identifier", ",".join(["a"] * 1000))] * 21)


INJECTIONS = (
    "' OR '1'='1",
    '" OR ""="',
    "x'); DROP TABLE resource; --",
    "x' UNION SELECT key FROM token --",
    "?",
    ":a",
    "%",
    "*",
    "\x00",
    "NULL",
    "1 OR 1=1",
    "{}",
    "{0}",
)  # fmt: skip


@pytest.mark.parametrize("text", INJECTIONS)
def test_sql_in_a_value_is_a_plain_value(world: RecordReader, put: Put, text: str) -> None:
    """Whatever a value holds, it finds a resource that has it, and only that one."""
    put(
        {
            "resourceType": "Encounter",
            "id": "odd",
            "identifier": [{"value": text}],
            "subject": ref(f"Patient/{text}") if "/" not in text else ref("Patient/none"),
        },
        {"resourceType": "Practitioner", "id": "odd", "name": [{"family": f"{text}!"}]},
    )
    escaped = text.replace("\\", "\\\\").replace("|", "\\|").replace(",", "\\,")
    assert found_by(world, "Encounter", "identifier", escaped) == ["odd"]
    assert found_by(world, "Encounter", "patient", f"Patient/{escaped}") == ["odd"]
    assert found_by(world, "Practitioner", "family", f"{escaped}!") == ["odd"]
    assert found_by(world, "Practitioner", "family:exact", f"{escaped}!") == ["odd"]
    assert found_by(world, "Practitioner", "family:contains", f"{escaped}!") == ["odd"]
    assert found_by(world, "Practitioner", "_id", escaped) == []
    for name in ("date", "_lastUpdated", f"identifier{text}", text, "_sort", "_count", "_include", "_total"):
        with pytest.raises(BadSearch):
            world.search("Encounter", [(name, text)])
    with pytest.raises(BadSearch):
        world.search(text, [])
    with pytest.raises(BadSearch):
        world.search("Encounter", [], cursor=text)
    assert world.search("Encounter", []).total == 4


def found_by(record: RecordReader, resource_type: str, name: str, value: str) -> list[str]:
    return [each.id for each in record.search(resource_type, [(name, value)]).matches]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("Encounter?_id=in&_include=Encounter:patient", "Patient/ann"),
        ("Encounter?_include=Encounter:patient", "Patient/ann Patient/bob"),
        ("Encounter?_id=group&_include=Encounter:subject", ""),
        ("Encounter?_id=in&_include=Encounter:subject:Patient", "Patient/ann"),
        ("Encounter?_id=in&_include=Encounter:subject:Group", ""),
        ("Encounter?_id=in&_include=Encounter:location", "Location/bed1 Location/ward"),
        ("Encounter?_id=in&_include=Encounter:practitioner", "Practitioner/doc"),
        ("Encounter?_include=Encounter:participant", "Practitioner/doc"),
        ("Encounter?_include=Encounter:service-provider", "Organization/rxx"),
        ("Encounter?_id=in&_include=Encounter:patient&_include=Encounter:service-provider", "Patient/ann Organization/rxx"),
        ("Encounter?_id=in&_include=Encounter:part-of", "Encounter/out"),
        ("Encounter?_include=Encounter:part-of", ""),  # already a match
        ("Observation?_include=Observation:subject", "Patient/ann Location/ward"),
        ("Observation?_include=Observation:patient", "Patient/ann"),
        ("Observation?_include=Observation:performer", "Practitioner/doc Organization/rxx"),
        ("Observation?_include=Observation:performer:Organization", "Organization/rxx"),
        ("DiagnosticReport?_include=DiagnosticReport:result", "Observation/na"),
        ("Location?_id=bed1,bed2&_include=Location:partof", "Location/ward"),
        ("Patient?_include=Patient:general-practitioner", "Organization/gp"),
    ],
)  # fmt: skip
def test_includes(world: RecordReader, asked: str, expected: str) -> None:
    """_include brings along what is pointed at and kept, once each, never a match; the total counts matches alone."""
    resource_type, _, query = asked.partition("?")
    page = world.search(resource_type, [(pair.split("=", 1)[0], pair.split("=", 1)[1]) for pair in query.split("&")])
    brought = [f"{each.type}/{each.id}" for each in page.included]
    assert sorted(brought) == sorted(expected.split())
    assert page.total == len(page.matches)


def test_a_reference_without_a_type_is_found_by_no_id(put: Put, reader: RecordReader) -> None:
    """An id alone asks for `Type/id` of any type; a bad reference that is only an id points at nothing."""
    put({"resourceType": "Encounter", "id": "bad", "subject": ref("ann")})
    assert found(reader, "Encounter?subject=ann") == ""
    assert found(reader, "Encounter?patient=ann") == ""


def test_only_what_is_so_now_is_found(put: Put, reader: RecordReader) -> None:
    """After an update the old values no longer find the resource, and the new ones do."""
    put(WORLD[0])
    put(WORLD[0] | {"name": [{"family": "New"}], "birthDate": "1981", "active": True, "generalPractitioner": []})
    for asked in ("family=o'brien", "given=ann", "birthdate=1980", "general-practitioner=gp"):
        assert found(reader, f"Patient?{asked}") == ""
    for asked in ("family=new", "birthdate=1981", "active=true", "identifier=9990000001"):
        assert found(reader, f"Patient?{asked}") == "ann"


def test_the_bounds_of_a_page(world: RecordReader) -> None:
    """_count and the caller's count both bound the page, never past the most; none at all answers the total alone."""
    assert len(world.search("Encounter", [("_count", "2")]).matches) == 2
    assert len(world.search("Encounter", [("_count", "2")], count=1).matches) == 1
    assert len(world.search("Encounter", [("_count", "1")], count=5).matches) == 1
    assert len(world.search("Encounter", [("_count", "999999999")], count=MAX_COUNT * 9).matches) == 3
    page = world.search("Encounter", [("_count", "0")])
    assert (page.matches, page.next, page.total) == ((), None, 3)
    assert world.search("Encounter", [("_total", "none")]).total is None
    assert world.search("Encounter", [("_total", "accurate"), ("_count", "1")]).total == 3
