"""Evidence: what an item must say, and when it stands."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tabard.accreditation.claims import BadEvidence, Evidence, EvidenceKind

MADE = date(2026, 3, 1)
TEST = Evidence(
    id="pen-2026",
    sha256="a" * 64,
    kind=EvidenceKind.penetration_test,
    title="Penetration test",
    organisation="RZZ",
    made=MADE,
    serves=("dtac-2.0/C3.3",),
    says=(("worst_cvss", "6.9"), ("tester", "Others Ltd")),
)
TOOLKIT = replace(
    TEST,
    kind=EvidenceKind.dspt,
    serves=("dtac-2.0/C2.1",),
    says=(("status", "Standards met"), ("year", "2025-26")),
)


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "a b"},
        {"sha256": "A" * 64},
        {"title": " "},
        {"organisation": "rzz"},
        {"serves": ()},
        {"expires": MADE},
        {"made": date.max},
        {"says": ()},
        {"kind": EvidenceKind.cyber_essentials, "says": (("number", "1"), ("scope", "all"))},
        {"kind": EvidenceKind.test_report},
        {"kind": EvidenceKind.dspt, "says": TOOLKIT.says, "for_product": "ward-board"},
        {"for_package": "b" * 64},
        {"for_product": "ward-board", "for_package": "b"},
    ],
)
def test_an_item_that_does_not_say_what_its_kind_must_is_none(changed: dict[str, Any]) -> None:
    """It would be found out only when somebody looks."""
    with pytest.raises(BadEvidence):
        replace(TEST, **changed)


@pytest.mark.parametrize(
    ("worst", "days", "stands"),
    [
        ("6.9", 365, True),
        ("6.9", 366, False),
        ("7.0", 1, False),
        ("10.0", 1, False),
        ("low", 1, False),
        ("0.0", 0, True),
    ],
)
def test_a_penetration_test_stands_for_twelve_months_and_below_seven(worst: str, days: int, *, stands: bool) -> None:
    """DTAC 2.0, C3.3; a score that is no score is none."""
    item = replace(TEST, says=(("worst_cvss", worst), ("tester", "Others Ltd")))
    assert (item.why_not(MADE + timedelta(days=days)) is None) is stands


@pytest.mark.parametrize(
    ("status", "year", "on", "stands"),
    [
        ("Standards met", "2025-26", date(2026, 4, 1), True),
        ("standards exceeded", "2025-26", date(2026, 11, 1), True),
        ("Standards met", "2025-26", date(2027, 7, 1), False),
        ("Approaching standards", "2025-26", date(2026, 4, 1), False),
        ("Standards met", "2024-25", date(2026, 6, 30), True),
        ("Standards met", "2024-25", date(2026, 7, 1), False),
        ("Standards met", "last", date(2026, 7, 1), False),
    ],
)
def test_the_toolkit_is_of_this_year_or_the_last(status: str, year: str, on: date, *, stands: bool) -> None:
    """Its year begins in July."""
    item = replace(TOOLKIT, says=(("status", status), ("year", year)))
    assert (item.why_not(on) is None) is stands


def test_an_item_stands_from_its_first_day_until_the_day_it_ends() -> None:
    """On the last day it does not."""
    item = replace(TEST, kind=EvidenceKind.document, says=(), expires=MADE + timedelta(days=10))
    assert item.why_not(MADE - timedelta(days=1)) is not None
    assert item.why_not(MADE) is None
    assert item.why_not(MADE + timedelta(days=9)) is None
    assert item.why_not(MADE + timedelta(days=10)) == "it ended on 2026-03-11"
