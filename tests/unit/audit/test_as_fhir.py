"""Events as FHIR AuditEvents: what R4 says must be there is there, and nothing is there that the audit does not hold."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tabard.audit import Asked, AuditEvent, Entry, Outcome
from tabard.audit.fhir import PERSONS, PRODUCTS, as_audit_event, asked_of
from tabard.ground.errors import CallerError

NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
FILE = "00000001-2026-03-01-0a1b2c3d.ndjson"


def told(event: AuditEvent | None) -> dict[str, Any]:
    return as_audit_event(Entry(FILE, 7, event), "St Elsewhere")


def test_a_search_in_full() -> None:
    """Type, subtype, action, when, outcome, both agents, the source, each patient once, each resource, names of the query."""
    event = AuditEvent(
        NOW,
        "search",
        Outcome.granted,
        person="p1",
        client="board",
        context="Location/w1",
        resource="Encounter",
        parameters=("status", "_include"),
        seen=("Encounter/e1", "Patient/ann"),
        patients=("ben",),
    )
    found = told(event)
    assert found["id"] == "00000001-0a1b2c3d-7"
    assert (found["action"], found["outcome"], found["recorded"]) == ("E", "0", "2026-03-01T08:30:00.000Z")
    assert found["subtype"][0]["code"] == "search-type"
    assert [(one["who"]["identifier"]["value"], one["requestor"]) for one in found["agent"]] == [
        ("p1", True),
        ("board", False),
    ]
    assert found["source"]["observer"]["display"] == "St Elsewhere"
    whats = [one.get("what") for one in found["entity"]]
    assert whats == [
        {"reference": "Patient/ben"},
        {"reference": "Patient/ann"},
        {"display": "Encounter"},
        {"reference": "Encounter/e1"},
        None,
    ]
    assert [one["valueString"] for one in found["entity"][-1]["detail"]] == ["status", "_include"]


def test_a_refusal_says_why_and_nobody_known_is_said() -> None:
    """Outcome 4 with the reason; R4 wants one agent at the least."""
    found = told(AuditEvent(NOW, "read", Outcome.refused, resource="Patient/?", reason="bad_token"))
    assert (found["outcome"], found["outcomeDesc"], found["action"]) == ("4", "bad_token", "R")
    assert found["agent"] == [{"who": {"display": "not known"}, "requestor": True}]
    assert [one["what"] for one in found["entity"]] == [{"display": "Patient/?"}]


def test_a_broken_glass_is_a_purpose() -> None:
    """The code that receivers know, and which break it was."""
    (purpose,) = told(AuditEvent(NOW, "read", Outcome.granted, glass="g1", resource="Patient/a"))["purposeOfEvent"]
    assert (purpose["coding"][0]["code"], purpose["text"]) == ("BTG", "g1")


@pytest.mark.parametrize(
    ("action", "type_"), [("token", "110114"), ("audit", "110101"), ("read", "rest"), ("stop", "110100")]
)
def test_each_kind_of_event_has_its_type(action: str, type_: str) -> None:
    """Signing in, looking at the audit, reading, and what the hospital does itself."""
    assert told(AuditEvent(NOW, action, Outcome.granted))["type"]["code"] == type_


def test_a_line_that_is_gone_is_made_up_by_nobody() -> None:
    """What cannot be read any more is no AuditEvent."""
    with pytest.raises(CallerError):
        told(None)


DAY = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("pairs", "asked"),
    [
        ([("patient", "Patient/ann")], Asked(patient="ann")),
        ([("agent", f"{PERSONS}|p1")], Asked(person="p1")),
        ([("agent", f"{PRODUCTS}|board")], Asked(client="board")),
        ([("agent", "p1")], Asked(person="p1")),
        ([("entity", "Observation/o1"), ("outcome", "4")], Asked(resource="Observation/o1", outcome=Outcome.refused)),
        ([("subtype", "search-type")], Asked(action="search")),
        ([("date", "2026-03-01")], Asked(since=DAY, until=DAY + timedelta(days=1))),
        ([("date", "2026-03")], Asked(since=DAY, until=DAY + timedelta(days=31))),
        ([("date", "ge2024-02"), ("date", "le2024-12")], Asked(since=DAY.replace(2024, 2), until=DAY.replace(2025, 1))),
        ([("date", "2024")], Asked(since=DAY.replace(2024, 1), until=DAY.replace(2025, 1))),
        ([("date", "gt2025")], Asked(since=DAY.replace(2026, 1))),
        ([("date", "ge2026-03-01"), ("date", "lt2026-03-03")], Asked(since=DAY, until=DAY + timedelta(days=2))),
        ([("date", "gt2026-03-01T00:00:00+00:00")], Asked(since=DAY + timedelta(seconds=1))),
    ],
)
def test_what_a_search_asks(pairs: list[tuple[str, str]], asked: Asked) -> None:
    """Each parameter becomes what the audit is asked."""
    assert asked_of(pairs) == asked


@pytest.mark.parametrize(
    "pairs",
    [
        [("policy", "x")],
        [("patient", "a,b")],
        [("patient", "a"), ("patient", "b")],
        [("patient", "")],
        [("outcome", "12")],
        [("date", "yesterday")],
        [("date", "ap2026-03-01")],
        [("date", "9999-12-31")],
        [("date", "9999")],
        [("date", "2026-13")],
        [("date", "2026-3")],
        [("date", "20-6")],
        [("date", "2026-+1")],
        [("agent", "urn:else|x")],
    ],
)
def test_what_is_not_understood_is_refused(pairs: list[tuple[str, str]]) -> None:
    """Never ignored, never half."""
    with pytest.raises(CallerError):
        asked_of(pairs)
