"""Lists that a message tells whole: what is on them no more is over, and kept."""

import pytest

from unit.link.an_applier import Bench
from unit.link.itk import message, pid, pv1

PEANUT, LATEX = "AL1|1|DA|PNUT^Peanut^LOCAL|SV|Rash", "AL1|2|DA|LATX^Latex^LOCAL|MI|Itch"
FLU, BREAK = "DG1|1||J11^Influenza^ICD-10|||F", "DG1|2||S72^Fracture of femur^ICD-10|||F"


@pytest.fixture
def bench() -> Bench:
    return Bench()


def told(*segments: str, at: str) -> bytes:
    return message("A08", pid(), pv1(), *segments, at=at)


def status(bench: Bench, kind: str) -> dict[str, str]:
    """Each by its words, and how its list says it stands."""
    return {
        one["code"]["coding"][0]["display"]: one.get("clinicalStatus", {"coding": [{"code": "on the list"}]})["coding"][
            0
        ]["code"]
        for one in bench.record.all(kind)
    }


def test_an_allergy_that_is_on_the_list_no_more_is_inactive(bench: Bench) -> None:
    """The list is the patient's; a message without any says nothing of it."""
    bench.apply(told(PEANUT, LATEX, at="202603011000"), told(LATEX, at="202603011100"), told(at="202603011200"))
    assert status(bench, "AllergyIntolerance") == {"Peanut": "inactive", "Latex": "active"}


def test_an_allergy_that_comes_back_is_active_again(bench: Bench) -> None:
    """A list is as its last message tells it."""
    bench.apply(told(PEANUT, at="202603011000"), told(LATEX, at="202603011100"), told(PEANUT, LATEX, at="202603011200"))
    assert status(bench, "AllergyIntolerance") == {"Peanut": "active", "Latex": "active"}


def test_an_older_list_that_comes_late_changes_none(bench: Bench) -> None:
    """What it still held, and what it did not hold yet, stay as the newer list has them."""
    bench.apply(told(LATEX, at="202603011100"))
    bench.apply(told(PEANUT, at="202603011000"))
    assert status(bench, "AllergyIntolerance") == {"Latex": "active"}


def test_a_diagnosis_is_of_its_visit_alone(bench: Bench) -> None:
    """The list of one visit ends nothing of another's."""
    other = message("A08", pid(), pv1("502"), BREAK, at="202603011100")
    bench.apply(told(FLU, at="202603011000"), other)
    assert "inactive" not in status(bench, "Condition").values()
    bench.apply(told(BREAK, at="202603011200"))
    conditions = {one["code"]["coding"][0]["display"]: one for one in bench.record.all("Condition")}
    assert conditions["Influenza"]["clinicalStatus"]["coding"][0]["code"] == "inactive"


def test_what_another_link_brought_is_not_ended() -> None:
    """Two systems each keep a list of their own."""
    bench = Bench()
    bench.apply(told(PEANUT, at="202603011000"), link="lab")
    bench.apply(told(LATEX, at="202603011100"))
    assert status(bench, "AllergyIntolerance") == {"Peanut": "active", "Latex": "active"}
