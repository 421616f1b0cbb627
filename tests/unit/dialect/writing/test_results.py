"""Results written: the message says what the observation says, is read back to the same, or is refused."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, strategies as st

from tabard.dialect import load
from tabard.dialect.writing import Known, Unsayable, write_result
from tabard.hl7v2 import Unwritable
from unit.dialect.messages import ITK, resource, resources
from unit.dialect.writing.addressed import ENVELOPE, PATIENT, VISIT, known, lines, read_in

LOINC, SNOMED, UCUM = "http://loinc.org", "http://snomed.info/sct", "http://unitsofmeasure.org"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation",
    "id": "o1",
    "status": "final",
    "category": [{"coding": [{"system": CATEGORY, "code": "laboratory"}]}],
    "code": {"coding": [{"system": LOINC, "code": "2951-2", "display": "Sodium"}], "text": "Sodium"},
    "effectiveDateTime": "2026-07-01T08:00:00+01:00",
    "valueQuantity": {"value": Decimal("140.0"), "unit": "mmol/L", "system": UCUM, "code": "mmol/L"},
    "interpretation": [
        {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "code": "H", "display": "High"}]}
    ],
    "note": [{"text": "Taken twice\nfrom the line"}],
    "referenceRange": [{"text": "over 20"}],
}  # fmt: skip

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).filter(
    lambda text: text == text.strip()
)
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9)
UNITS = st.sampled_from(
    [{}, {"unit": "mmol/L", "system": UCUM, "code": "mmol/L"}, {"unit": "per cent", "system": UCUM, "code": "%"}, {"unit": "drops"}, {"unit": "mg/dL", "system": UCUM, "code": "mg/dL"}]
)  # fmt: skip
CODINGS = st.fixed_dictionaries(
    {"system": st.sampled_from([LOINC, SNOMED, "urn:tabard:coding:PATH"]), "code": TEXTS},
    optional={"display": TEXTS, "version": TEXTS},
)
CONCEPTS = st.one_of(
    st.fixed_dictionaries({"text": TEXTS}),
    st.builds(
        lambda codings, text: {"coding": codings, "text": text}, st.lists(CODINGS, min_size=1, max_size=2), TEXTS
    ),
)
QUANTITIES = st.builds(
    lambda number, unit, comparator: {"value": number, **comparator, **unit},
    NUMBERS, UNITS, st.sampled_from([{}, {"comparator": "<"}, {"comparator": ">="}]),
)  # fmt: skip
PLAIN = st.builds(lambda number: {"value": number, "unit": "mmol/L", "system": UCUM, "code": "mmol/L"}, NUMBERS)
MOMENTS = st.sampled_from(["2026-07-01T08:00:00+01:00", "2026-01-31T23:59:59+00:00", "2026-10-25T01:30:00+00:00", "2026-10-25T01:30:00+01:00", "2026-03", "1999", "2026-07-01T08:00:00.250+01:00"])  # fmt: skip
VALUED = st.one_of(
    QUANTITIES.map(lambda told: {"valueQuantity": told}),
    TEXTS.map(lambda told: {"valueString": told}),
    CONCEPTS.map(lambda told: {"valueCodeableConcept": told}),
    st.builds(lambda low, high: {"valueRange": {"low": low, "high": high}}, PLAIN, PLAIN),
    st.builds(lambda one, two: {"valueRatio": {"numerator": one, "denominator": two}}, PLAIN, PLAIN),
    MOMENTS.map(lambda told: {"valueDateTime": told}),
    st.sampled_from(["08:15:00", "23:59:59.5"]).map(lambda told: {"valueTime": told}),
    st.builds(lambda a, b: {"valuePeriod": {"start": a, "end": b}}, MOMENTS, MOMENTS),
)
OBSERVATIONS = st.builds(
    lambda value, code, status, note, at: {
        **{name: told for name, told in OBSERVATION.items() if not name.startswith("value")},
        **value, "code": code, "status": status, "note": [{"text": note}], "effectiveDateTime": at,
    },
    VALUED, CONCEPTS, st.sampled_from(["final", "preliminary", "corrected", "cancelled", "entered-in-error", "registered"]), TEXTS, MOMENTS,
)  # fmt: skip


def test_the_message_of_a_result() -> None:
    """Who, which visit, which number, what, how much, in which unit, when: each where the standard puts it."""
    assert lines(write_result(OBSERVATION, known(), ENVELOPE, ITK)) == [
        r"MSH|^~\&|TABARD|RXX|LORENZO|RXX|20260701100000||ORU^R01^ORU_R01|C0001|P|2.4||||||UNICODE UTF-8",
        "PID|1||M42^^^RXX~9990000018^^^NHS||OKAFOR^ADAEZE^RUTH^^MRS||19710604|2",
        "PV1|1|I|||||||||||||||||70042^^^VISITID",
        "OBR|1||o1^TABARD|2951-2^Sodium^LN|||20260701080000||||||||||||||||||F",
        "OBX|1|NM|2951-2^Sodium^LN||140.0|mmol/L|over 20|H|||F|||20260701080000",
        r"NTE|1||Taken twice\.br\from the line",
    ]


@given(OBSERVATIONS)
def test_what_is_written_is_read_back(observation: dict[str, Any]) -> None:
    """The same status, code, value, time, mark, range and note, on the same patient and visit."""
    raw = write_result(observation, Known(PATIENT, VISIT), ENVELOPE, ITK)
    translation = read_in(ITK, raw)
    told = resource(translation, "Observation")
    for element, value in observation.items():
        if element not in {"id", "resourceType"}:
            assert told[element] == value, element
    assert told["subject"]["reference"] == "Patient/patient-M42"
    assert told["encounter"]["identifier"]["value"] == "70042"
    assert not translation.flags


def test_components_are_lines() -> None:
    """A blood pressure is two lines of one order, without a line for what has no value of its own."""
    pressure = {
        name: told
        for name, told in OBSERVATION.items()
        if name not in {"valueQuantity", "interpretation", "referenceRange"}
    }
    pressure["component"] = [
        {"code": {"text": name}, "valueQuantity": {"value": number, "unit": "mmHg"}} for name, number in (("Systolic", 120), ("Diastolic", 80))
    ]  # fmt: skip
    told = resources(read_in(ITK, write_result(pressure, known(), ENVELOPE, ITK)), "Observation")
    assert [(one["code"]["text"], one["valueQuantity"]["value"]) for one in told] == [
        ("Systolic", 120),
        ("Diastolic", 80),
    ]


def test_another_category_is_told_by_its_department() -> None:
    """Imaging is OBR-24 RAD, and read back as imaging."""
    scan = OBSERVATION | {"category": [{"coding": [{"system": CATEGORY, "code": "imaging"}]}]}
    raw = write_result(scan, known(), ENVELOPE, ITK)
    assert lines(raw)[3].split("|")[24] == "RAD"
    assert resource(read_in(ITK, raw), "Observation")["category"] == scan["category"]


def test_a_number_of_its_own_is_kept() -> None:
    """The placer's and the filler's number come before the id."""
    kinds = "http://terminology.hl7.org/CodeSystem/v2-0203"
    numbers = [
        {"type": {"coding": [{"system": kinds, "code": kind}]}, "system": f"urn:tabard:order:{owner}", "value": value}
        for kind, owner, value in (("PLAC", "LOR", "P77"), ("FILL", "PATH", "F88"))
    ]
    obr = lines(write_result(OBSERVATION | {"identifier": numbers}, known(), ENVELOPE, ITK))[3]
    assert obr.split("|")[2:4] == ["P77^LOR", "F88^PATH"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"status": "amended"}, "OBX-11"),
        ({"code": {"coding": [{"system": "urn:nobody", "code": "x"}]}}, "OBX-3"),
        ({"code": {}}, "OBX-3"),
        ({"valueQuantity": None, "valueBoolean": True}, "OBX-2"),
        ({"valueQuantity": None, "valueRange": {"low": {"value": 1}}}, "OBX-5"),
        ({"interpretation": [{"coding": [{"system": "urn:nobody", "code": "H"}]}]}, "OBX-8"),
        ({"category": [{"coding": [{"system": CATEGORY, "code": "survey"}]}]}, "OBR-24"),
        ({"effectiveDateTime": "yesterday"}, "OBX-14"),
    ],
)
def test_what_has_no_word_is_refused(change: dict[str, Any], place: str) -> None:
    """Nothing is sent that would say less or something else; the refusal says where, what was looked for, and what to do."""
    observation = {name: told for name, told in (OBSERVATION | change).items() if told is not None}
    with pytest.raises(Unsayable) as refusal:
        write_result(observation, known(), ENVELOPE, ITK)
    assert refusal.value.place == place
    assert refusal.value.expected
    assert refusal.value.remedy


def test_a_unit_without_a_word_is_refused() -> None:
    """Where the dialect has no name for UCUM either, an unknown unit is not sent."""
    results = msgspec.structs.replace(ITK.results, coding_systems={"LN": LOINC})
    dialect = msgspec.structs.replace(ITK, results=results)
    quantity = {"value": 1, "unit": "furlong", "system": UCUM, "code": "[fur_us]"}
    with pytest.raises(Unsayable) as refusal:
        write_result(OBSERVATION | {"valueQuantity": quantity}, known(), ENVELOPE, dialect)
    assert refusal.value.place == "OBX-6"


@pytest.mark.parametrize(
    "numbers",
    [
        [],
        [{"system": "urn:elsewhere", "value": "1"}],
        [{"system": "urn:tabard:authority:RXX", "value": "M1", "use": "old"}],
        [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "1", "extension": [{"url": "urn:tabard:extension:failed-check", "valueBoolean": True}]}],
    ],
)  # fmt: skip
def test_a_patient_the_record_system_cannot_find_is_refused(numbers: list[dict[str, Any]]) -> None:
    """No number, a number of elsewhere, one out of use, and one that fails its check find nobody."""
    with pytest.raises(Unsayable) as refusal:
        write_result(OBSERVATION, Known(PATIENT | {"identifier": numbers}), ENVELOPE, ITK)
    assert refusal.value.place == "PID-3"


def test_a_visit_without_its_number_is_refused() -> None:
    """Without a visit it may be sent; with one that cannot be named it may not."""
    with pytest.raises(Unsayable) as refusal:
        write_result(OBSERVATION, Known(PATIENT, VISIT | {"identifier": []}), ENVELOPE, ITK)
    assert refusal.value.place == "PV1-19"
    assert not any(line.startswith("PV1") for line in lines(write_result(OBSERVATION, Known(PATIENT), ENVELOPE, ITK)))


def test_a_refusal_tells_nothing_of_the_patient() -> None:
    """Its text holds no value of the resource."""
    with pytest.raises(Unsayable) as refusal:
        write_result(
            OBSERVATION | {"code": {"coding": [{"system": "urn:x", "code": "SECRET"}]}}, known(), ENVELOPE, ITK
        )
    assert not any(word in str(refusal.value) for word in ("SECRET", "M42", "OKAFOR"))


def test_a_character_the_charset_lacks_is_refused() -> None:
    """Nothing is written as a question mark."""
    latin = msgspec.structs.replace(ENVELOPE, character_set="8859/1")
    with pytest.raises(Unwritable):
        write_result(OBSERVATION | {"note": [{"text": "Ż"}]}, known(), latin, ITK)


def test_the_nhs_number_stands_where_the_dialect_has_it() -> None:
    """By authority, by type, or alone in a field of its own."""
    for name, segment in (
        ("simhospital", "M42^^^RXX~9990000018^^^NHSNBR"),
        ("millennium-homerton", "M42^^^RXX"),
    ):
        fields = lines(write_result(OBSERVATION, Known(PATIENT), ENVELOPE, load(name)))[1].split("|")
        assert fields[3].replace("^MRN", "").replace("^CNN", "") == segment
        assert (len(fields) > 19 and fields[19] == "9990000018") == (name == "millennium-homerton")
