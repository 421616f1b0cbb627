"""Results laid into the record: for whom, on which visit, and in the place of what."""

import pytest

from tabard.journal import State
from unit.link.an_applier import JONES, Bench, flags
from unit.link.itk import Who, adt, result


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_result_is_filed_with_its_patient_and_visit(bench: Bench) -> None:
    """Report and value belong to the patient, and to the visit that the result names."""
    assert bench.told(adt("A01"), result(visit="501")) == ["applied"] * 2
    (report,), (value,), (visit,) = (
        bench.record.all(kind) for kind in ("DiagnosticReport", "Observation", "Encounter")
    )
    for one in (report, value):
        assert one["subject"]["reference"] == visit["subject"]["reference"]
        assert one["encounter"]["reference"] == f"Encounter/{visit['id']}"
    assert str(value["valueQuantity"]["value"]) == "98.00"


def test_a_result_sent_again_takes_the_place_of_the_first(bench: Bench) -> None:
    """The same filler number is the same report, whatever its value is now."""
    bench.apply(adt("A01"), result(value="98.00"), result(value="SEE NOTE".replace(" ", ""), status="C"))
    (report,), (value,) = bench.record.all("DiagnosticReport"), bench.record.all("Observation")
    assert report["status"] == "corrected"
    assert "valueQuantity" not in value


def test_a_result_for_an_unknown_patient_waits_and_makes_none(bench: Bench) -> None:
    """A laboratory registers nobody."""
    (mark,) = bench.apply(result())
    assert (mark.outcome.state, mark.outcome.reason) == (State.waiting, "patient_not_known")
    assert mark.outcome.detail
    assert bench.record.held == {}
    assert bench.record.applied == set()


def test_a_result_changes_nothing_of_the_patient_or_the_visit(bench: Bench) -> None:
    """What a laboratory holds of somebody is no news of them."""
    bench.apply(adt("A01"))
    before = bench.lying()
    bench.apply(result(Who(family="SMYTH"), visit="501"))
    assert bench.lying() == before


def test_a_result_with_another_nhs_number_than_the_patients_is_parked(bench: Bench) -> None:
    """A number that fits and one that contradicts it: nobody's result until a person has looked."""
    bench.apply(adt("A01", Who(nhs="9434765919")))
    assert bench.told(result(Who(nhs="9990000018"))) == ["ambiguous_patient"]
    assert bench.told(result(Who(nhs="9434765918"))) == ["applied"]  # fails its check: says nothing


def test_a_result_with_another_birth_date_is_parked(bench: Bench) -> None:
    """Where no NHS number settles it, the birth date must agree."""
    bench.apply(adt("A01"))
    assert bench.told(result(Who(born="19700101")), result(Who(born=""))) == ["ambiguous_patient", "applied"]


def test_a_result_number_of_another_patient_is_parked(bench: Bench) -> None:
    """A report never changes hands; another laboratory's equal number is another report."""
    bench.apply(adt("A01"), adt("A01", JONES, "502"), result())
    assert bench.told(result(JONES)) == ["result_of_another_patient"]
    assert bench.told(result(JONES), link="lab") == ["applied"]
    assert len(bench.record.all("DiagnosticReport")) == 2


def test_a_result_on_a_visit_not_known_or_of_another_is_filed_without_it(bench: Bench) -> None:
    """Never on the wrong visit: the patient has the result, and a flag says what is amiss."""
    bench.apply(adt("A01"), adt("A01", JONES, "502"))
    marks = bench.apply(result(filler="F1", visit="999"), result(filler="F2", visit="502"))
    assert flags(marks) == [("PV1-19:visit-not-known",), ("PV1-19:visit-of-another-patient",)]
    unknown, others = bench.record.all("DiagnosticReport")
    assert "reference" not in unknown["encounter"]
    assert "encounter" not in others


def test_an_older_result_does_not_take_the_place_of_a_newer(bench: Bench) -> None:
    """A preliminary report that comes after the final one, sent again or held up, is told apart by when it was issued."""
    older = result(value="91.00", status="P").replace(b"20260301093000", b"20260301080000")
    marks = bench.apply(adt("A01"), result(), older)
    assert flags(marks) == [(), (), ("OBR-22:older-than-known",)]
    (value,), (report,) = bench.record.all("Observation"), bench.record.all("DiagnosticReport")
    assert (str(value["valueQuantity"]["value"]), value["status"], report["status"]) == ("98.00", "final", "final")
