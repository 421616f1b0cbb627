"""What is passed through claims no American shape, and keeps what it says; the expected values are written by hand."""

from pathlib import Path
from typing import Any

import pytest

from tabard.fhir import Resource
from tabard.link import Doubtful, FhirSettings
from tabard.link.ehr.shaping import NHS_NUMBER_OID, extensions, profiles, with_nhs_number
from unit.link.ehr.stand_in import MRN, NHS, TENANT, THEIR_MRN, beside, our_patient, their_patient
from unit.link.ehr.test_rewriting import told

US = "http://hl7.org/fhir/us/core/StructureDefinition/"
DAR = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
UK_ETHNIC = "https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategoryEngland"


def ethnic(name: str, **coding: str) -> Resource:
    """A US Core extension with a category."""
    inner: list[Resource] = [{"url": "ombCategory", "valueCoding": coding}, {"url": "text", "valueString": "told"}]
    return {"url": f"{US}{name}", "extension": inner}


@pytest.mark.parametrize(
    ("claimed", "kept"),
    [
        ([f"{US}us-core-observation-lab"], []),
        (["http://hl7.org/fhir/us/core/StructureDefinition/us-core-vital-signs|4.0.0"], []),
        (["https://fhir-ehr.cerner.com/r4/StructureDefinition/observation"], []),
        (["https://fhir.hl7.org.uk/StructureDefinition/UKCore-Observation"], []),
        (
            ["http://hl7.org/fhir/StructureDefinition/vitalsigns", f"{US}x"],
            ["http://hl7.org/fhir/StructureDefinition/vitalsigns"],
        ),
        ("http://hl7.org/fhir/StructureDefinition/vitalsigns", []),
        ([7, None, {}], []),
    ],
)
def test_no_shape_is_claimed_but_fhirs_own(claimed: Any, kept: list[str]) -> None:
    """US Core, Cerner's own, and UK Core, which nobody checked: out; where nothing is left, nothing stands there."""
    assert profiles(claimed) == kept
    meta = told(meta={"versionId": "3", "profile": claimed, "tag": [{"code": "t"}]})["meta"]
    assert meta == ({"profile": kept} if kept else {}) | {"tag": [{"code": "t"}]}


@pytest.mark.parametrize(
    ("there", "here"),
    [
        ([ethnic("us-core-race", system="urn:oid:2.16.840.1.113883.6.238", code="2106-3")], []),
        ([ethnic("us-core-ethnicity", system="urn:oid:2.16.840.1.113883.6.238", code="2186-5")], []),
        ([{"url": f"{US}us-core-birthsex", "valueCode": "F"}], []),
        (
            [ethnic("us-core-ethnicity", system=UK_ETHNIC, code="A", display="British")],
            [
                {
                    "url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory",
                    "valueCodeableConcept": {"coding": [{"system": UK_ETHNIC, "code": "A", "display": "British"}]},
                }
            ],
        ),
        ([{"url": DAR, "valueCode": "masked"}], [{"url": DAR, "valueCode": "masked"}]),
        ([{"url": "http://x/e", "valueCode": "a"}, {"url": f"{US}y"}, 7], [{"url": "http://x/e", "valueCode": "a"}, 7]),
        ([{"url": f"{US}us-core-race", "extension": 7}, {"url": 7}], [{"url": 7}]),
    ],
)
def test_an_extension_means_the_same_here_or_is_left_out(there: list[Any], here: list[Any]) -> None:
    """No American category becomes one of the NHS; one of the NHS's own is told where UK Core has it."""
    assert extensions(there) == here


def test_what_is_absent_keeps_its_reason_and_codes_their_systems() -> None:
    """A value that is masked, a primitive that is unknown, LOINC and SNOMED beside the tenant's own, UCUM: as they were."""
    code = {
        "coding": [
            {"system": f"https://fhir.cerner.com/{TENANT}/codeSet/72", "code": "703511", "userSelected": True},
            {"system": "http://loinc.org", "code": "8867-4", "userSelected": False},
            {"system": "http://snomed.info/sct", "code": "78564009"},
        ],
        "text": "Pulse",
    }
    absent = {"extension": [{"url": DAR, "valueCode": "unknown"}]}
    reason = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "masked"}]}
    quantity = {"value": 5, "comparator": "<", "unit": "bpm", "system": "http://unitsofmeasure.org", "code": "/min"}
    found = told(
        code=code, _issued=absent, dataAbsentReason=reason, component=[{"code": code, "valueQuantity": quantity}]
    )
    own = {"system": "urn:tabard:ehr:ehr:codeSet:72", "code": "703511", "userSelected": True}
    assert found["code"] == {"coding": [own, *code["coding"][1:]], "text": "Pulse"}
    assert found["_issued"] == absent
    assert found["dataAbsentReason"] == reason
    assert found["component"] == [{"code": found["code"], "valueQuantity": quantity}]


def test_extensions_are_shaped_wherever_they_stand() -> None:
    """Inside a contained resource and a component too."""
    american = [{"url": f"{US}us-core-x", "valueCode": "a"}, {"url": "http://x/e", "valueCode": "b"}]
    found = told(
        extension=american,
        component=[{"code": {"text": "x"}, "extension": american}],
        contained=[{"resourceType": "Specimen", "id": "s", "extension": american}],
    )
    kept = [{"url": "http://x/e", "valueCode": "b"}]
    assert (found["extension"], found["component"][0]["extension"]) == (kept, kept)
    assert found["contained"][0]["extension"] == kept


def test_the_nhs_number_is_known_by_its_oid(tmp_path: Path) -> None:
    """Where the settings say nothing of it, it is proven by all the same: two numbers that differ are two people."""
    assert with_nhs_number({"a": "b"}) == {"a": "b", NHS: NHS_NUMBER_OID}
    assert with_nhs_number({NHS: "urn:oid:9"}) == {NHS: "urn:oid:9"}
    assert with_nhs_number({"a": NHS_NUMBER_OID}) == {"a": NHS_NUMBER_OID}
    with beside(tmp_path, identifiers={MRN: THEIR_MRN}) as side:
        number = [{"system": MRN, "value": "100"}, {"system": NHS, "value": "9990000018"}]
        theirs = [{"system": THEIR_MRN, "value": "100"}, {"system": NHS_NUMBER_OID, "value": "9990000026"}]
        side.put(our_patient("ann", "100", identifier=number))
        side.stand_in.put(their_patient("12724001", "100", identifier=theirs))
        with pytest.raises(Doubtful, match="NHS numbers"):
            side.ehr.record.search("Observation", (("patient", "ann"),))
    assert FhirSettings("https://e.example/t", "c", {"a": "b"}, key="k").identifiers == {"a": "b"}
