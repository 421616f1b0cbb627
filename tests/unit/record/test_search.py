"""Search: each parameter, prefix and modifier finds what it must."""

import pytest

from tabard.record import RecordReader

from .a_searched_world import LAB, NHS, WORLD, found, ref
from .conftest import Put


@pytest.fixture
def world(put: Put, reader: RecordReader) -> RecordReader:
    put(*WORLD)
    return reader


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
