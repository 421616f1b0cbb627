"""Search by every kind of parameter and modifier that the standard has, on both engines."""

import pytest

from tabard.record import RecordReader

from .conftest import Put
from .searching import UCUM, WORLD, found


@pytest.fixture
def world(put: Put, reader: RecordReader) -> RecordReader:
    put(*WORLD)
    return reader


CASES = [
    # number: alone a range by its digits, after a prefix itself
    ("RiskAssessment?probability=0.8", "r1"),
    ("RiskAssessment?probability=1", "r1"),
    ("RiskAssessment?probability=0.80000", "r1"),
    ("RiskAssessment?probability=0.2", ""),
    ("RiskAssessment?probability=ne0.8", "r2"),
    ("RiskAssessment?probability=gt0.25", "r1 r2"),
    ("RiskAssessment?probability=gt0.8", ""),
    ("RiskAssessment?probability=ge0.8", "r1"),
    ("RiskAssessment?probability=lt0.2", "r2"),
    ("RiskAssessment?probability=le0.8", "r1 r2"),
    ("RiskAssessment?probability=sa0.3", "r1"),
    ("RiskAssessment?probability=eb0.8", "r2"),
    ("RiskAssessment?probability=ap0.75", "r1"),
    ("RiskAssessment?probability=ap0.6", ""),
    ("RiskAssessment?probability=0.8,le0.1", "r1 r2"),
    # quantity
    ("Observation?value-quantity=140", "na"),
    (f"Observation?value-quantity=140|{UCUM}|mmol/L", "na"),
    ("Observation?value-quantity=140||mmol/L", "na"),
    ("Observation?value-quantity=140|urn:x|mmol/L", ""),
    ("Observation?value-quantity=140||mg", ""),
    (f"Observation?value-quantity=140|{UCUM}|", "na"),
    ("Observation?value-quantity=1.4e2", "na"),
    ("Observation?value-quantity=lt6", "low"),
    ("Observation?value-quantity=ge5.4", "na"),
    ("Observation?value-quantity=eb5.4", "low"),
    ("Observation?value-quantity=ap150", "na"),
    ("Observation?combo-value-quantity=80", "bp1 bp2"),
    ("Observation?component-value-quantity=gt100", "bp1 bp2"),
    ("Encounter?length=ge60||min", "in"),
    # composite: what stands together
    ("Observation?code-value-quantity=http://loinc.org|2951-2$gt100", "na"),
    ("Observation?code-value-quantity=1$gt100", ""),
    ("Observation?code-value-quantity=2951-2$lt6,2951-2$140", "na low"),
    ("Observation?component-code-value-quantity=8480-6$gt100", "bp1"),
    ("Observation?component-code-value-quantity=8480-6$lt100", "bp2"),
    ("Observation?component-code-value-quantity=http://loinc.org|8462-4$120||mm[Hg]", "bp2"),
    ("Observation?combo-code-value-quantity=8480-6$gt100,2951-2$gt100", "na bp1"),
    ("Observation?code-value-concept=2$urn:r|pos", "cc"),
    ("Observation?code-value-concept=1$pos", ""),
    ("Observation?code-value-string=1$grew", "text"),
    ("DocumentReference?relationship=replaces$DocumentReference/e", "d"),
    ("DocumentReference?relationship=signs$e", ""),
    # uri
    ("ValueSet?url=http://x/fhir", "v2"),
    ("ValueSet?url:below=http://x/fhir", "v1 v2"),
    ("ValueSet?url:below=http://x/fhir/", "v1"),
    ("ValueSet?url:above=http://x/fhir/ValueSet/1/2", "v1 v2"),
    ("ValueSet?url:above=http://x/fhirs", ""),
    ("ValueSet?url=http://x/fhir,http://x/fhirs/1", "v2 v3"),
    # string
    ("Observation?value-string=grew", "text"),
    ("Observation?value-string=posit", "cc"),
    ("Patient?address=leeds", "ann"),
    ("Patient?address=1 mill", "ann"),
    ("Patient?address-city=leeds", "ann"),
    ("Patient?phonetic=smithe", "ann bob"),
    ("Patient?phonetic=ann smyth", "ann"),
    ("Patient?phonetic=jones,zac", "cat"),
    # token
    ("Patient?phone=0113", "ann"),
    ("Patient?phone=home|0113", "ann"),
    ("Patient?phone=a@x.example", ""),
    ("Patient?email=a@x.example", "ann"),
    ("Patient?telecom=0777", "ann"),
    ("Patient?telecom=0113", "ann"),
    ("Patient?deceased=true", "bob"),
    ("Patient?deceased=false", "ann cat"),
    ("Patient?deceased:not=true", "ann cat"),
    ("Patient?deceased=true,false", "ann bob cat"),
    ("Patient?gender:not=female", "bob"),
    ("Patient?gender:not=female,male", "bob"),
    ("Patient?gender:not=male", "ann bob cat"),
    ("Encounter?status:not=planned&patient=ann", "in"),
    ("Patient?identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|1", "ann"),
    ("Patient?identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|2", ""),
    ("Patient?identifier:not=2", "bob cat"),
    ("Basic?code=note", "kept"),
    # missing
    ("Patient?gender:missing=true", "bob"),
    ("Patient?gender:missing=false", "ann cat"),
    ("Patient?birthdate:missing=true", "cat"),
    ("Patient?address:missing=false", "ann"),
    ("Observation?value-quantity:missing=false", "na low"),
    ("Observation?subject:missing=true", "cc bp1 bp2"),
    ("Encounter?patient:missing=true", "who"),
    # reference
    ("Encounter?subject:identifier=urn:mrn|1x", "out"),
    ("Encounter?subject:identifier=7,1x", "out who"),
    ("QuestionnaireResponse?questionnaire=http://x/q", "q"),
    ("QuestionnaireResponse?questionnaire=http://x/q|2", "q"),
    ("QuestionnaireResponse?questionnaire=http://x/q|3", ""),
    ("Bundle?composition=c1", "b"),
    ("Bundle?message=m", ""),
    # date
    ("Patient?birthdate=ap1980", "ann bob"),
    ("Encounter?date=ap2026-02", "in out"),
    # every type
    ("Patient?_tag=urn:t|kept", "ann"),
    ("Patient?_tag:not=kept", "bob cat"),
    ("Patient?_tag:missing=true", "bob cat"),
    ("Patient?_security=R", "bob"),
    ("Patient?_profile=http://x/p/UK", "ann"),
    ("Patient?_profile=http://x/p/UK|1.0", "ann"),
    ("Patient?_profile:below=http://x", "ann"),
    ("Patient?_source=lorenzo", "ann bob cat"),
    ("Patient?_source=millennium", ""),
    ("Patient?gender=female&_tag=kept&_source=lorenzo&birthdate=1980&_id=ann,bob", "ann"),
]  # fmt: skip


def test_each_kind_and_modifier(world: RecordReader) -> None:
    """The search finds exactly these, in the order in which they were kept, and counts them."""
    answers = {asked: found(world, asked, None) for asked, _ in CASES}
    assert answers == dict(CASES)


def test_each_as_a_further_condition(world: RecordReader) -> None:
    """Behind an id that leads, and behind a wide condition, the same resources are found."""
    for asked, expected in CASES:
        kind = asked.partition("?")[0]
        ids = ",".join(each["id"] for each in WORLD if each["resourceType"] == kind)
        assert found(world, f"{asked}&_id={ids}", None) == expected, asked
        assert found(world, f"{asked}&_lastUpdated=ge2000", None) == expected, asked
