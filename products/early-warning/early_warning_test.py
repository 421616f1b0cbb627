"""NEWS2 as the chart has it, at the edges of every band; and a card that never says more than is known."""

from datetime import UTC, datetime
from typing import Any

import pytest
from tabard_kit import Request
from tabard_kit.testing import bundle

from early_warning.news2 import (
    PULSE,
    RESPIRATION,
    SATURATION_1,
    SYSTOLIC,
    TEMPERATURE,
    Bands,
    Risk,
    Signs,
    _banded,
    score,
)
from early_warning.service import answered
from early_warning.signs import measured

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
WELL = Signs(16, 97, on_oxygen=False, systolic=120, pulse=70, is_alert=True, temperature=37.0)


@pytest.mark.parametrize(
    ("bands", "points"),
    [
        (RESPIRATION, {3: 3, 8: 3, 9: 1, 11: 1, 12: 0, 20: 0, 21: 2, 24: 2, 25: 3, 60: 3}),
        (SATURATION_1, {80: 3, 91: 3, 92: 2, 93: 2, 94: 1, 95: 1, 96: 0, 100: 0}),
        (SYSTOLIC, {60: 3, 90: 3, 91: 2, 100: 2, 101: 1, 110: 1, 111: 0, 219: 0, 220: 3, 250: 3}),
        (PULSE, {30: 3, 40: 3, 41: 1, 50: 1, 51: 0, 90: 0, 91: 1, 110: 1, 111: 2, 130: 2, 131: 3, 200: 3}),
        (TEMPERATURE, {33.0: 3, 35.0: 3, 35.1: 1, 36.0: 1, 36.1: 0, 38.0: 0, 38.1: 1, 39.0: 1, 39.1: 2, 41.0: 2}),
    ],
)
def test_each_band_begins_and_ends_where_the_chart_says(bands: Bands, points: dict[float, int]) -> None:
    """Both edges of every band."""
    assert {value: _banded(value, bands) for value in points} == points


@pytest.mark.parametrize(
    ("saturation", "on_oxygen", "points"),
    [
        (83, False, 3), (84, False, 2), (85, True, 2), (86, False, 1), (87, True, 1), (88, False, 0), (92, True, 0),
        (93, False, 0), (99, False, 0), (93, True, 1), (94, True, 1), (95, True, 2), (96, True, 2), (97, True, 3),
        (95, None, None),
    ],
)  # fmt: skip
def test_scale_2_minds_what_is_breathed(saturation: float, on_oxygen: bool | None, points: int | None) -> None:
    """From 93% on, points are for a patient on oxygen alone; where that is not known there is no score of it."""
    told = dict(score(Signs(saturation=saturation, on_oxygen=on_oxygen), scale_2=True).points)
    assert told["oxygen saturation"] == points


def test_oxygen_and_consciousness_score_as_the_chart_says() -> None:
    """Oxygen adds 2 and anything but alert 3; air and alert add nothing, and what is not known is no score."""
    told = [dict(score(Signs(on_oxygen=oxygen, is_alert=alert)).points) for oxygen, alert in
            ((True, False), (False, True), (None, None))]  # fmt: skip
    pairs = [(one["air or oxygen"], one["consciousness"]) for one in told]
    assert pairs == [(2, 3), (0, 0), (None, None)]


@pytest.mark.parametrize(
    ("value", "points"),
    [(35.04, 3), (35.06, 1), (36.04, 1), (36.06, 0), (38.04, 0), (38.06, 1), (39.04, 1), (39.06, 2)],
)
def test_a_temperature_between_two_tenths_is_the_nearer_s(value: float, points: int) -> None:
    """The chart has tenths: there is no gap between 35.0 and 35.1 to fall through."""
    assert dict(score(Signs(temperature=value)).points)["temperature"] == points


@pytest.mark.parametrize(
    ("changed", "total", "risk"),
    [
        ({}, 0, Risk.low),
        ({"on_oxygen": True, "pulse": 95}, 3, Risk.low),
        ({"is_alert": False}, 3, Risk.low_medium),
        ({"systolic": 225}, 3, Risk.low_medium),
        ({"on_oxygen": True, "is_alert": False}, 5, Risk.medium),
        ({"on_oxygen": True, "pulse": 115, "temperature": 39.5}, 6, Risk.medium),
        ({"respiration": 26, "saturation": 90, "pulse": 95}, 7, Risk.high),
        (
            {
                "respiration": 30,
                "saturation": 85,
                "on_oxygen": True,
                "systolic": 80,
                "pulse": 140,
                "is_alert": False,
                "temperature": 34,
            },
            20,
            Risk.high,
        ),
    ],
)
def test_the_sum_and_what_it_asks_for(changed: dict[str, Any], total: int, risk: Risk) -> None:
    """Thresholds of the chart: 5, 7, and 3 in one sign."""
    known = {name: getattr(WELL, name) for name in Signs.__dataclass_fields__}
    told = score(Signs(**(known | changed)))
    assert (told.total, told.risk, told.is_whole) == (total, risk, True)


def sign(code: str, value: float, unit: str, minute: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": f"2026-03-01T10:{minute:02}:00Z",
        "valueQuantity": {"value": value, "unit": unit, "code": unit},
        **more,
    }


def finding(code: str, **more: Any) -> dict[str, Any]:
    made = sign("0", 0, "", **more) | {
        "valueCodeableConcept": {"coding": [{"system": "http://snomed.info/sct", "code": code}]}
    }
    return {name: value for name, value in made.items() if name != "valueQuantity"}


WHOLE = (
    sign("9279-1", 26, "/min"), sign("59408-5", 90, "%"), sign("8867-4", 95, "/min"), sign("8310-5", 37, "Cel"),
    sign("8480-6", 120, "mm[Hg]"), finding("722742002"), finding("248234008"),
)  # fmt: skip


def card(*observations: dict[str, Any], born: str = "1950-01-01", patient: str = "p1") -> Any:
    prefetch = {
        "patient": {"resourceType": "Patient", "id": patient, "birthDate": born},
        "vitals": bundle(*observations),
    }
    return answered(Request("patient-view", "1", {"patientId": "p1"}, prefetch), lambda: NOW)


def test_a_whole_set_is_scored() -> None:
    """All seven signs: score, risk and when."""
    told = card(*WHOLE)
    assert (told.summary, told.indicator) == ("NEWS2 7, measured 01-Mar-2026 10:00", "critical")
    assert "high: urgent or emergency response" in told.detail


def test_what_is_missing_is_said_and_never_counts_as_normal() -> None:
    """The sum is then the least that it can be, and the card is never mere information."""
    told = card(*WHOLE[2:])
    assert told.summary == "NEWS2 at least 1: 2 of 7 signs not recorded, newest measured 01-Mar-2026 10:00"
    assert told.indicator == "warning"
    assert "respiration rate: **not recorded**" in told.detail


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "entered-in-error"}, {"status": "preliminary"}, {"valueQuantity": {"value": 99, "code": "[degF]"}},
        {"valueQuantity": {"value": 370, "code": "Cel"}}, {"valueQuantity": {"value": 37, "code": "Cel", "comparator": "<"}},
        {"effectiveDateTime": "2026-03-01"}, {"valueQuantity": {"value": True, "code": "Cel"}}, {"valueQuantity": {}},
    ],
)  # fmt: skip
def test_what_cannot_be_believed_is_not_recorded(wrong: dict[str, Any]) -> None:
    """Another unit, a value of nobody alive, a day without a time: never a guess."""
    told = card(sign("8310-5", 37, "Cel", **wrong), *(one for one in WHOLE if one is not WHOLE[3]))
    assert "temperature: **not recorded**" in told.detail
    assert "1 recorded values could not be believed" in told.detail


def test_an_older_set_does_not_fill_up_a_newer_one() -> None:
    """Signs more than an hour before the newest are of another set."""
    late = sign("8310-5", 39.5, "Cel") | {"effectiveDateTime": "2026-03-01T11:01:00Z"}
    told = card(late, *WHOLE)
    assert told.summary.startswith("NEWS2 at least 2: 6 of 7")


def test_the_newest_of_each_counts() -> None:
    """Order of arrival does not matter; one in doubt hides an older one."""
    found = measured([sign("8867-4", 80, "/min", 30), sign("8867-4", 60, "/min", 10)], "p1")
    assert found is not None
    assert found.signs.pulse == 80


def test_systolic_pressure_comes_from_a_panel_too() -> None:
    """As a component beside the diastolic."""
    parts = [
        {
            "code": {"coding": [{"system": "http://loinc.org", "code": "8480-6"}]},
            "valueQuantity": {"value": 95, "code": "mm[Hg]"},
        }
    ]
    panel = {name: value for name, value in sign("85354-9", 0, "").items() if name != "valueQuantity"} | {
        "component": parts
    }
    found = measured([panel], "p1")
    assert found is not None
    assert found.signs.systolic == 95


def test_another_patients_sign_ends_everything() -> None:
    """No card at all: nothing of that answer is to be believed."""
    with pytest.raises(ValueError, match="another patient"):
        card(sign("8867-4", 80, "/min") | {"subject": {"reference": "Patient/p2"}})


@pytest.mark.parametrize("born", ["2015-06-01", "2010-03-02", "", "1950", "2050-01-01"])
def test_it_is_for_adults_whose_age_is_known(born: str) -> None:
    """Under 16, or with no whole birth date, no score is worked out."""
    assert "NEWS2 not worked out: it is for adults" in card(*WHOLE, born=born).summary


def test_a_sixteenth_birthday_counts() -> None:
    """On the day itself."""
    assert card(*WHOLE, born="2010-03-01").summary.startswith("NEWS2 7")


def test_without_signs_or_patient_it_says_so() -> None:
    """Nothing known is not a low score."""
    assert "no vital signs" in card().summary
    assert "who the patient is" in card(*WHOLE, patient="p2").summary
