"""A search that Millennium would not answer is refused before anything is looked up, and says why without a value."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, strategies as st

from tabard.sandbox.millennium.dates import BadDate, bound
from tabard.sandbox.millennium.queries import NOTHING_GIVEN, RefusedSearch, read_query
from tabard.sandbox.millennium.rules import RULES, Kind

ALLOWED = (
    ("Patient", "identifier=urn:oid:1|400123", 20),
    ("Patient", "identifier=400123&_count=5", 20),
    ("Patient", "_id=1,2,3", 20),
    ("Patient", "family=Smi&birthdate=ge1950-01-01&birthdate=le1960-01-01&_count=5", 5),
    ("Patient", "family:exact=Smith&gender=male", 20),
    ("Encounter", "patient=1&status=in-progress,planned&_count=3", 3),
    ("Encounter", "identifier=urn:oid:2|77", 20),
    ("Encounter", "subject:Patient=1&date=ge2026-01-01T00:00:00Z", 20),
    ("Encounter", "_id=1&_count=5", 20),
    ("Observation", "patient=1", 50),
    ("Observation", "patient=1&_count=1000", 200),
    ("Observation", "subject=Patient/1&category=vital-signs&code=http://loinc.org|8867-4,8310-5", 50),
    ("Observation", "patient=1&date=ge2026-01-01&date=lt2026-02-01", 50),
    ("Observation", "patient=1&_lastUpdated=ge2026-01-01T08:00:00Z&_lastUpdated=le2026-01-02T08:00:00Z", 50),
    ("DiagnosticReport", "patient=1&category=LAB", 10),
    ("DiagnosticReport", "patient=1&_count=500", 100),
    ("Practitioner", "family=Th&given=He", 20),
    ("Practitioner", "identifier=urn:oid:4|C9888101", 20),
    ("Location", "-physicalType=wa&name=Teal", 100),
    ("Organization", "", 100),
    ("AllergyIntolerance", "patient=1&clinical-status=active", 50),
)
REFUSED = (
    ("Patient", "", NOTHING_GIVEN),
    ("Patient", "_count=5", NOTHING_GIVEN),
    ("Patient", "gender=male", NOTHING_GIVEN),
    ("Patient", "_lastUpdated=ge2026-01-01", "the parameter _lastUpdated is not supported"),
    ("Patient", "identifier=1,2", "identifier needs one value"),
    ("Patient", "identifier=urn:oid:1|", "identifier needs a code"),
    ("Patient", "_id=1&family=Smith", "_id must stand alone"),
    ("Patient", "name=Ann&name=Bell", "name is given too often"),
    ("Encounter", "status=in-progress", NOTHING_GIVEN),
    ("Encounter", "identifier=1&status=in-progress", "status must be given with patient"),
    ("Encounter", "identifier=1&_count=5", "_count must be given with patient or _id"),
    ("Encounter", "patient=1&status=arrived", "status must be one of cancelled, finished, in-progress, planned"),
    ("Encounter", "patient=1&location=3", "the parameter location is not supported"),
    ("Encounter", "patient=1&date=2026-01-01", "date needs one of the prefixes ge, gt, le, lt"),
    ("Encounter", "_lastUpdated=ge2026-01-01", NOTHING_GIVEN),
    ("Observation", "category=laboratory", NOTHING_GIVEN),
    ("Observation", "_id=1&_count=5", "_id must stand alone"),
    ("Observation", "patient=1&encounter=2", "the parameter encounter is not supported"),
    ("Observation", "patient=1&_elements=id", "the parameter _elements is not supported"),
    ("Observation", "patient=1&_sort=-date", "the parameter _sort is not supported"),
    ("Observation", "patient=1&_revinclude=Provenance:target", "the parameter _revinclude is not supported"),
    ("Observation", "patient=1&code:in=x", "the parameter code:in is not supported"),
    ("Observation", "patient=1&subject=1", "patient and subject must not be given together"),
    (
        "Observation",
        "patient=1&date=ge2026-01-01&_lastUpdated=ge2026-01-01",
        "date and _lastUpdated must not be given together",
    ),
    ("Observation", "patient=1&date=ge2026-01-01&date=gt2026-02-01", "date given twice must be a closed range"),
    ("Observation", "patient=1&date=sa2026-01-01", "date is not a date"),
    ("Observation", "patient=1&date=2026-13-01", "date is not a date"),
    ("Observation", "patient=1&date=ge2026-01-01&date=le2026-01-02&date=le2026-01-03", "date is given too often"),
    ("Observation", "patient=1&_count=0", "_count must be a number above 0"),
    ("Observation", "patient=1&code=", "code needs one value"),
    ("DiagnosticReport", "subject=1", "the parameter subject is not supported"),
    ("Practitioner", "given=Helena", NOTHING_GIVEN),
    ("Practitioner", "identifier=C9888101", "identifier needs a system and a code"),
    ("Location", "name=Teal", NOTHING_GIVEN),
)


@pytest.mark.parametrize(("type_", "asked", "count"), ALLOWED)
def test_what_millennium_answers_is_let_pass(type_: str, asked: str, count: int) -> None:
    """A search as the documentation has it is read, with the page size that it gets."""
    assert read_query(type_, parse_qsl(asked, keep_blank_values=True)).count == count


@pytest.mark.parametrize(("type_", "asked", "why"), REFUSED)
def test_what_millennium_does_not_answer_is_refused(type_: str, asked: str, why: str) -> None:
    """A search that lacks what it needs, or has what does not go together, is refused and the reason named."""
    with pytest.raises(RefusedSearch) as caught:
        read_query(type_, parse_qsl(asked, keep_blank_values=True))
    assert caught.value.why == why
    assert caught.value.is_plain == (why == NOTHING_GIVEN)


@pytest.mark.parametrize("type_", RULES)
def test_the_table_names_only_parameters_that_there_are(type_: str) -> None:
    """What a rule says of a parameter, it says of one that it has."""
    rule = RULES[type_]
    named = {name for group in rule.needs for name in group} | set(rule.only_with) | rule.once | rule.ranged
    named |= {name for pair in rule.never_together for name in pair} | rule.with_system | rule.count_ignored_with
    assert named <= set(rule.parameters)
    assert rule.count <= rule.most
    assert rule.parameters["_id"] is Kind.id


@given(st.text(max_size=40))
def test_no_value_stands_in_a_refusal(value: str) -> None:
    """Whatever somebody searches for, why it was refused does not repeat it."""
    with pytest.raises(RefusedSearch) as caught:
        read_query("Observation", [("category", f"secret{value}")])
    assert "secret" not in caught.value.why


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1)))  # noqa: DTZ001  made aware below
def test_dates_part_the_time(moment: datetime) -> None:
    """Of each moment lt, eq and gt hold exactly one; ge and le hold where eq does."""
    then = moment.replace(tzinfo=UTC)
    for at in (then, then - timedelta(days=1), then + timedelta(days=1), then + timedelta(seconds=1)):
        day = f"{then:%Y-%m-%d}"
        held = {prefix: bound(f"{prefix}{day}").touches(at, at) for prefix in ("lt", "eq", "gt", "ge", "le")}
        assert [held["lt"], held["eq"], held["gt"]].count(True) == 1
        assert held["ge"] == (held["eq"] or held["gt"])
        assert held["le"] == (held["eq"] or held["lt"])


@pytest.mark.parametrize("text", ["", "yesterday", "2026", "2026-02-30", "ap2026-01-01", "2026-01-01T25:00:00Z"])
def test_what_is_no_date_is_not_taken_for_one(text: str) -> None:
    """A date that is none is refused, never guessed."""
    with pytest.raises(BadDate):
        bound(text)
