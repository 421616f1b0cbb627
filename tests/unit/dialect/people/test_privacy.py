"""Whoever must not be found: the label, and the elements to hide; the record keeps all it is told."""

from typing import Any

import pytest

from tabard.dialect import SHIELDED, Translation
from unit.dialect.messages import EVENT, PERSON, VISIT, draft, flags, message, read, resource

LABEL = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R", "display": "restricted"}
KIN = "NK1|1|HOLT^ALBERT|1"


def told(*segments: str) -> Translation:
    return read(message("ADT^A01", EVENT, PERSON, KIN, VISIT, *segments))


def shielded(patient: dict[str, Any]) -> list[str]:
    (one,) = [one for one in patient["extension"] if one["url"] == SHIELDED]
    return [part["valueCode"] for part in one["extension"]]


@pytest.mark.parametrize("word", ["Y", "Yes", "1", "Who knows"])
def test_location_hiding_restricts_the_patient(word: str) -> None:
    """ZU8-4: addresses, phones, next of kin and GP are named as what to hide, and all are still told."""
    translation = told(f"ZU8|Z|1|No|{word}")
    patient = resource(translation, "Patient")
    assert patient["meta"] == {"security": [LABEL]}
    assert shielded(patient) == ["address", "telecom", "contact", "generalPractitioner"]
    assert {"address", "telecom", "contact"} <= set(patient)
    assert flags(translation) == (set() if word != "Who knows" else {("unknown-code", "ZU8-4")})


@pytest.mark.parametrize("word", ["N", "No", "0", '""'])
def test_nothing_to_hide_takes_the_label_off(word: str) -> None:
    """Only a word for it does; the label and the list of elements are emptied together."""
    one = draft(told(f"ZU8|Z|1|No|{word}"), "Patient")
    assert "meta" not in one.resource
    assert {"meta.security", f"extension:{SHIELDED}"} <= one.cleared


@pytest.mark.parametrize("segment", ["ZU8|Z|1|No", "ZU8|Z|1|No|", "ZU8|Z|1|No|^^", "PV2|1"])
def test_a_message_that_says_nothing_of_it_changes_nothing(segment: str) -> None:
    """Absent is not No: who was hidden stays hidden."""
    one = draft(told(segment), "Patient")
    assert "meta" not in one.resource
    assert not {"meta.security", f"extension:{SHIELDED}"} & one.cleared


def test_a_visit_may_be_restricted_by_itself() -> None:
    """PV2-22 is of the visit, and does not hide the patient."""
    translation = told("PV2" + "|" * 22 + "Y")
    assert resource(translation, "Encounter")["meta"] == {"security": [LABEL]}
    assert "meta" not in resource(translation, "Patient")
