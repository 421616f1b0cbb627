"""Results: every digit kept, nothing guessed, the right patient and visit, and nothing of the patient overwritten."""

from decimal import Decimal
from typing import Any

import pytest

from tabard.dialect import Reason, Translation, Untranslatable
from unit.dialect.messages import (
    ORDER,
    PERSON,
    RESULT,
    VISIT,
    draft,
    flags,
    message,
    read,
    resource,
    resources,
    with_field,
)


def result(*segments: str) -> Translation:
    return read(message("ORU^R01", PERSON, VISIT, *(segments or (ORDER, RESULT))))


def observed(kind: str, value: str, **more: str) -> tuple[dict[str, Any], Translation]:
    obx = with_field(with_field(RESULT, 2, kind), 5, value)
    for name, text in more.items():
        obx = with_field(obx, int(name.removeprefix("f")), text)
    translation = result(ORDER, obx)
    return resource(translation, "Observation"), translation


def value_of(observation: dict[str, Any]) -> dict[str, Any]:
    return {name: told for name, told in observation.items() if "value" in name or name == "dataAbsentReason"}


def test_all_of_a_full_result() -> None:
    """Report and result, tied to patient and visit, with status, code, value, range, mark and times."""
    translation = result()
    report, observation = resource(translation, "DiagnosticReport"), resource(translation, "Observation")
    assert [one["value"] for one in report["identifier"]] == ["F88", "P77"]
    assert (report["status"], report["code"]["text"]) == ("final", "Urea and electrolytes")
    assert report["effectiveDateTime"] == "2026-03-01T07:00:00+00:00"
    assert report["issued"] == "2026-03-01T08:00:00+00:00"
    assert report["result"] == [{"reference": f"Observation/{observation['id']}"}]
    for told in (report, observation):
        assert told["subject"]["reference"] == "Patient/patient-M42"
        assert told["encounter"]["reference"] == "Encounter/encounter:urn:tabard:visit:VISITID:70042"
        assert told["category"][0]["coding"][0]["code"] == "laboratory"
    assert observation["status"] == "final"
    assert observation["code"]["coding"][0] == {"system": "urn:tabard:coding:PATH", "code": "NA", "display": "Sodium"}
    assert observation["effectiveDateTime"] == "2026-03-01T07:00:00+00:00"
    quantity = {"unit": "mmol/L", "system": "http://unitsofmeasure.org", "code": "mmol/L"}
    assert observation["valueQuantity"] == {"value": Decimal("140.0"), **quantity}
    assert str(observation["valueQuantity"]["value"]) == "140.0"
    assert observation["referenceRange"] == [
        {"low": {"value": Decimal(133), **quantity}, "high": {"value": Decimal(146), **quantity}, "text": "133 - 146"}
    ]


def test_a_result_changes_neither_patient_nor_visit() -> None:
    """What a laboratory holds of the person is not drafted: no Patient, no Encounter, no Location."""
    kinds = {one.resource["resourceType"] for one in result().drafts}
    assert kinds == {"DiagnosticReport", "Observation"}


@pytest.mark.parametrize(
    ("sent", "value", "comparator"),
    [
        ("98.00", "98.00", None),
        ("<5", "5", "<"),
        ("> 100.50", "100.50", ">"),
        ("<=0.10", "0.10", "<="),
        ("-3", "-3", None),
        ("+3.0", "3.0", None),
        (".5", "0.5", None),
        ("123456789012345.678", "123456789012345.678", None),
    ],
)
def test_numbers_keep_every_digit(sent: str, value: str, comparator: str | None) -> None:
    """NM is an exact decimal, with its comparator."""
    observation, translation = observed("NM", sent)
    assert str(observation["valueQuantity"]["value"]) == value
    assert observation["valueQuantity"].get("comparator") == comparator
    assert ("bad-number", "OBX-5") not in flags(translation)


@pytest.mark.parametrize(
    "sent", ["Haemolysed", "1+", "12,5", "5-10", "1e5", "٣", "<", "1234567890123456789", "12~13", "NaN", "5^6", "5 & 6"]
)
def test_text_where_a_number_should_be_stays_text(sent: str) -> None:
    """It is shown as sent, and flagged; no number is read into it."""
    observation, translation = observed("NM", sent)
    assert observation["valueString"] == sent.replace("~", "\n")
    assert observation["_valueString"]["extension"] == [{"url": "urn:tabard:extension:unit", "valueString": "mmol/L"}]
    assert "valueQuantity" not in observation
    assert ("bad-number", "OBX-5") in flags(translation)


@pytest.mark.parametrize(
    ("kind", "sent", "told"),
    [
        ("ST", "Not seen", {"valueString": "Not seen"}),
        ("TX", "Line 1~Line 2", {"valueString": "Line 1\nLine 2"}),
        ("FT", r"Line 1\.br\Line 2", {"valueString": "Line 1\nLine 2"}),
        ("CE", "POS^Positive^X", {"valueCodeableConcept": {"coding": [{"system": "urn:tabard:coding:X", "code": "POS", "display": "Positive"}], "text": "Positive"}}),
        ("ST", "Pain & swelling ^ both", {"valueString": "Pain & swelling ^ both"}),
        ("CE", "A^Pain & swelling^X", {"valueCodeableConcept": {"coding": [{"system": "urn:tabard:coding:X", "code": "A", "display": "Pain & swelling"}], "text": "Pain & swelling"}}),
        ("CWE", "^Free words", {"valueCodeableConcept": {"text": "Free words"}}),
        ("DT", "20260301", {"valueDateTime": "2026-03-01"}),
        ("TS", "202607011200", {"valueDateTime": "2026-07-01T12:00:00+01:00"}),
        ("TM", "0815", {"valueTime": "08:15:00"}),
        ("TM", "081530.5", {"valueTime": "08:15:30.5"}),
        ("TS", "20260701^D", {"valueDateTime": "2026-07-01"}),
        ("DR", "20260701^20260702", {"valuePeriod": {"start": "2026-07-01", "end": "2026-07-02"}}),
        ("CD", "8^Eight", {"valueCodeableConcept": {"coding": [{"code": "8", "display": "Eight"}], "text": "Eight"}}),
        ("CWE", "A^Alpha^LN^B^Beta^X^2.7^1^Said so", {"valueCodeableConcept": {"coding": [{"system": "http://loinc.org", "version": "2.7", "code": "A", "display": "Alpha"}, {"system": "urn:tabard:coding:X", "version": "1", "code": "B", "display": "Beta"}], "text": "Said so"}}),
        ("CQ", "5^mg&milligram", {"valueQuantity": {"value": Decimal(5), "unit": "milligram"}}),
        ("CQ", "5", {"valueQuantity": {"value": Decimal(5), "unit": "u"}}),
        ("NR", "1^5", {"valueRange": {"low": {"value": Decimal(1), "unit": "u"}, "high": {"value": Decimal(5), "unit": "u"}}}),
        ("SN", "^5", {"valueQuantity": {"value": Decimal(5), "unit": "u"}}),
        ("SN", "<^5.0", {"valueQuantity": {"value": Decimal("5.0"), "comparator": "<", "unit": "u"}}),
        ("SN", "^1^-^5", {"valueRange": {"low": {"value": Decimal(1), "unit": "u"}, "high": {"value": Decimal(5), "unit": "u"}}}),
        ("SN", "^1^:^8", {"valueRatio": {"numerator": {"value": Decimal(1), "unit": "u"}, "denominator": {"value": Decimal(8), "unit": "u"}}}),
    ],
)  # fmt: skip
def test_each_type_has_its_value(kind: str, sent: str, told: dict[str, Any]) -> None:
    """OBX-2 says how OBX-5 is read."""
    observation, translation = observed(kind, sent, f6="u")
    assert {name: value for name, value in value_of(observation).items() if name != "_valueString"} == told
    assert not translation.flags


@pytest.mark.parametrize(
    ("kind", "sent", "flag"),
    [
        ("DT", "20261301", ("bad-date", "OBX-5")),
        ("TM", "2560", ("bad-date", "OBX-5")),
        ("SN", "about^5", ("bad-number", "OBX-5")),
        ("SN", "^5^+", ("bad-number", "OBX-5")),
        ("XX", "something", ("unknown-code", "OBX-2")),
        ("", "something", ("missing", "OBX-2")),
        ("DT", "20260301~20260302", ("bad-date", "OBX-5")),
        ("TS", "20260301^noon", ("bad-date", "OBX-5")),
        ("TM", "0815~0820", ("bad-date", "OBX-5")),
        ("TM", "0815+0100", ("bad-date", "OBX-5")),
        ("SN", "^5^^^more", ("bad-number", "OBX-5")),
        ("SN", "^5~^6", ("bad-number", "OBX-5")),
        ("SN", "<^<5", ("bad-number", "OBX-5")),
        ("SN", "^5^^6", ("bad-number", "OBX-5")),
        ("NR", "1^>5", ("bad-number", "OBX-5")),
        ("CE", "A^Alpha~B^Beta", ("bad-code", "OBX-5")),
        ("CE", "^^LN", ("bad-code", "OBX-5")),
        ("XPN", "OKAFOR^ADAEZE", ("not-mapped", "OBX-5")),
    ],
)
def test_what_cannot_be_read_is_flagged(kind: str, sent: str, flag: tuple[str, str]) -> None:
    """No value is made up: the text is kept where there is any, and a flag says where."""
    observation, translation = observed(kind, sent)
    assert flag in flags(translation)
    assert observation["valueString"] == sent.replace("~", "\n")


@pytest.mark.parametrize(
    ("kind", "sent"), [("NM", ""), ("NM", '""'), ("", ""), ("TX", ""), ("TX", " "), ("ST", "^&"), ("TX", '""~')]
)
def test_no_value_says_that_there_is_none(kind: str, sent: str) -> None:
    """An empty OBX-5 is a result without a value, and says so."""
    observation, _ = observed(kind, sent)
    assert value_of(observation)["dataAbsentReason"]["coding"][0]["code"] == "unknown"


@pytest.mark.parametrize(
    ("sent", "status"),
    [("F", "final"), ("P", "preliminary"), ("C", "corrected"), ("X", "cancelled"), ("W", "entered-in-error")],
)
def test_the_status_of_a_result(sent: str, status: str) -> None:
    """OBX-11 by HL7's table."""
    assert observed("NM", "1", f11=sent)[0]["status"] == status


def test_a_status_not_known_is_unknown() -> None:
    """Nothing is called final that was not sent as final."""
    observation, translation = observed("NM", "1", f11="Q")
    assert observation["status"] == "unknown"
    assert ("unknown-code", "OBX-11") in flags(translation)


def test_a_correction_finds_what_it_corrects_and_replaces_it_whole() -> None:
    """The same order, code and sub-id have the same id; what the correction no longer says is cleared."""
    first, again = (
        result(),
        result(ORDER, with_field(with_field(with_field(RESULT, 2, "TX"), 5, "Haemolysed"), 11, "C")),
    )
    assert resource(first, "Observation")["id"] == resource(again, "Observation")["id"]
    told = draft(again, "Observation")
    assert {"valueQuantity", "interpretation", "note", "dataAbsentReason"} <= told.cleared
    assert "valueString" not in told.cleared


def test_results_of_one_code_are_apart() -> None:
    """The same code twice in one order is two results; another order has others again."""
    translation = result(ORDER, RESULT, RESULT, with_field(RESULT, 4, "2"), with_field(ORDER, 3, "F89^PATH"), RESULT)
    ids = [one["id"] for one in resources(translation, "Observation")]
    assert len(set(ids)) == 4
    assert [len(one["result"]) for one in resources(translation, "DiagnosticReport")] == [3, 1]


def test_notes_belong_to_what_they_stand_below() -> None:
    """NTE below an OBX is of the result, below the OBR of the report; lines stay lines."""
    translation = result(ORDER, "NTE|1||On the report", RESULT, "NTE|1||On the result", "NTE|2||second & last line")
    assert resource(translation, "Observation")["note"] == [{"text": "On the result\nsecond & last line"}]
    assert resource(translation, "DiagnosticReport")["extension"][0]["valueAnnotation"] == {"text": "On the report"}


@pytest.mark.parametrize("text", ["< 0.21", "[ < 0.21 ]", "146 - 133", "see note", "10 -"])
def test_a_range_that_has_no_two_ends_is_only_text(text: str) -> None:
    """It is shown as sent; no end is made up."""
    assert observed("NM", "1", f7=text)[0]["referenceRange"] == [{"text": text}]


def test_alternate_codes_are_both_kept() -> None:
    """A local code and LOINC in one OBX-3 are two codings of one code."""
    observation, _ = observed("NM", "1", f3="NA^Sodium^PATH^2951-2^Sodium^LN")
    assert [(one["system"], one["code"]) for one in observation["code"]["coding"]] == [
        ("urn:tabard:coding:PATH", "NA"),
        ("http://loinc.org", "2951-2"),
    ]


def test_a_result_without_code_time_or_number_is_still_one() -> None:
    """It is filed with what it has, and each gap is flagged."""
    translation = result("OBR|1", "OBX|1|NM|||1")
    assert {("missing", "OBX-3"), ("missing", "OBX-11"), ("missing", "OBR-3"), ("missing", "OBR-25")} <= flags(
        translation
    )
    assert "effectiveDateTime" not in resource(translation, "Observation")


def test_results_without_an_order_are_refused() -> None:
    """An OBX below no OBR belongs to no report."""
    with pytest.raises(Untranslatable) as refusal:
        result(RESULT)
    assert (refusal.value.reason, refusal.value.place) == (Reason.missing_segment, "OBR")


def test_results_of_two_patients_are_refused() -> None:
    """What stands between two PIDs may be of either: nothing is filed."""
    with pytest.raises(Untranslatable) as refusal:
        result(ORDER, RESULT, with_field(PERSON, 3, "M43^^^RXX"), ORDER, RESULT)
    assert refusal.value.reason is Reason.several_patients


def test_a_result_of_no_visit_is_of_the_patient_alone() -> None:
    """Without a visit number the result is tied to no visit."""
    translation = read(message("ORU^R01", PERSON, ORDER, RESULT))
    assert "encounter" not in resource(translation, "Observation")
