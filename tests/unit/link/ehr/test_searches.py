"""Only searches that the EHR has are sent; any other is refused here by name."""

import pytest
from hypothesis import given, strategies as st

from tabard.link.ehr import Unsupported
from tabard.link.ehr.searches import TABLE, searchable, understand
from tabard.sandbox.millennium.queries import read_query

ANN = ("patient", "Patient/ann")


def test_a_search_is_read_with_what_the_policy_appends() -> None:
    """One patient, whoever names them; what the EHR knows is kept, a bare date says its prefix."""
    asked = understand(
        "Observation",
        [("patient", "ann"), ("category", "vital-signs"), ("date", "2026-03-01"), ("_sort", "-date")],
        [("subject", "Patient/ann"), ("_total", "none")],
        50,
    )
    assert asked == ("ann", (("category", "vital-signs"), ("date", "eq2026-03-01")), None, True, 50)


def test_parts_that_exclude_one_another_find_nothing() -> None:
    """A product that names another patient than its own is answered nothing, and nobody is asked."""
    assert understand("Observation", [("patient", "ben")], [("subject", "Patient/ann")], 50).patient is None


@pytest.mark.parametrize(
    "asked",
    [
        [],
        [("category", "laboratory")],
        [("patient", "ann,ben")],
        [("patient", "")],
        [("subject", "Group/1")],
        [("patient:Group", "ann")],
        [ANN, ("status", "final")],
        [ANN, ("code:not", "x")],
        [ANN, ("code", "a"), ("code", "b")],
        [ANN, ("code", "")],
        [ANN, ("date", "ne2026")],
        [ANN, ("date", "2026-03-01,2026-03-02")],
        [ANN, ("date", "yesterday")],
        [ANN, ("date", "9999")],
        [ANN, ("date", "ge2026"), ("date", "gt2026")],
        [ANN, ("date", "2026"), ("date", "2026")],
        [ANN, ("date", "ge2026"), ("date", "le2027"), ("date", "le2028")],
        [ANN, ("date", "ge2026"), ("_lastUpdated", "ge2026")],
        [ANN, ("_sort", "date")],
        [ANN, ("_sort", "-date"), ("_lastUpdated", "ge2026")],
        [ANN, ("_total", "accurate")],
        [ANN, ("_include", "Observation:encounter")],
        [ANN, ("_id", "x"), ("code", "y")],
        [ANN, ("_id", ",".join(map(str, range(99))))],
    ],
)
def test_what_the_ehr_has_not_is_refused_by_name(asked: list[tuple[str, str]]) -> None:
    """The parameter is named, and what would be understood."""
    with pytest.raises(Unsupported) as told:
        understand("Observation", asked, [], None)
    assert told.value.where
    assert told.value.expected
    assert told.value.remedy


def test_a_report_is_not_searched_by_when_it_was_changed() -> None:
    """Each type has its own table."""
    with pytest.raises(Unsupported):
        understand("DiagnosticReport", [ANN, ("_lastUpdated", "ge2026")], [], None)
    assert "_lastUpdated" in searchable("Observation")


WORDS = st.sampled_from(
    [
        "8867-4",
        "http://loinc.org|8867-4",
        "vital-signs",
        "a,b",
        "",
        "ge2026-03-01",
        "le2026-03-02T10:00:00Z",
        "2026-03",
        "lt2027",
        "eq2026",
        "ap2026",
        "x",
    ]
)
NAMES = st.sampled_from(
    [*sorted(TABLE["Observation"].allowed), "status", "encounter", "_sort", "code:in", "_has", "_count"]
)


@given(st.sampled_from(sorted(TABLE)), st.lists(st.tuples(NAMES, WORDS), max_size=4), st.integers(1, 500))
def test_whatever_is_sent_a_millennium_would_not_refuse(kind: str, asked: list[tuple[str, str]], count: int) -> None:
    """Any search of ours that is understood is one of theirs, by their own rules."""
    try:
        found = understand(kind, [ANN, *asked], [("subject", "Patient/ann")], count)
    except Unsupported:
        return
    read_query(kind, [("patient", "12724001"), *found.parameters, ("_count", str(found.page_size))])


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ("2026", ("ge2026-01-01", "lt2027-01-01")),
        ("eq2026-12", ("ge2026-12-01", "lt2027-01-01")),
        ("ge2026-02", ("ge2026-02-01",)),
        ("gt2026-02", ("ge2026-03-01",)),
        ("lt2026-02", ("lt2026-02-01",)),
        ("le2026", ("lt2027-01-01",)),
        ("le2026-03-01T08:30", ("le2026-03-01T08:30",)),
    ],
)
def test_a_month_or_a_year_is_asked_for_as_its_days(asked: str, sent: tuple[str, ...]) -> None:
    """The EHR knows days and moments alone; what is declared here holds for every date that FHIR has."""
    assert understand("Observation", [ANN, ("date", asked)], [], None).parameters == tuple(
        ("date", one) for one in sent
    )
