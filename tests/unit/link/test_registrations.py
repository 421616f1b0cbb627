"""Registrations merged, parted again, linked and renumbered; visits given up and moved."""

from typing import Any

import pytest

from unit.link.an_applier import Bench
from unit.link.itk import SMITH, Who, adt, merge, message, pid, pv1, result

JONES = Who("2002", family="JONES", born="19700101")
BROWN = Who("3003", family="BROWN", born="19800101")
MRG = "MRG|1001^^^RXX"


@pytest.fixture
def bench() -> Bench:
    return Bench()


def two(trigger: str, one: Who, other: Who, at: str) -> bytes:
    return message(f"ADT^{trigger}^ADT_{trigger}", pid(one), pid(other), at=at)


def visit(bench: Bench, number: str) -> dict[str, Any]:
    (found,) = [one for one in bench.record.all("Encounter") if number in {n["value"] for n in one["identifier"][:1]}]
    return found


def owner(bench: Bench, resource: dict[str, Any]) -> str:
    """The family name of whose it is."""
    patient = bench.record.held["Patient", resource["subject"]["reference"].removeprefix("Patient/")]
    return str(patient["name"][0]["family"])


def identity(bench: Bench, mrn: str) -> dict[str, Any]:
    return {name: value for name, value in bench.patient(mrn).items() if name != "link"}


def test_an_unmerge_gives_back_exactly_what_came_under_the_numbers(bench: Bench) -> None:
    """What was the given-up registration's before the merge, and what came under its number since, is its again; no more."""
    bench.apply(adt("A01"), result(filler="F1"), adt("A01", JONES, "502", "W2^B2"))
    before = identity(bench, "1001"), identity(bench, "2002")
    bench.apply(
        merge(JONES, SMITH, at="202603011100"),
        adt("A08", SMITH, "503", "W3^B3", at="202603011200"),
        result(JONES, filler="F2"),
        result(SMITH, filler="F3"),
    )
    assert {owner(bench, one) for one in bench.record.all("Encounter")} == {"JONES"}
    assert bench.told(two("A37", JONES, SMITH, "202603011300")) == ["applied"]
    assert (identity(bench, "1001"), identity(bench, "2002")) == before
    assert {number: owner(bench, visit(bench, number)) for number in ("501", "502", "503")} == {
        "501": "SMITH",
        "502": "JONES",
        "503": "SMITH",
    }
    reports = {one["identifier"][0]["value"]: owner(bench, one) for one in bench.record.all("DiagnosticReport")}
    assert sorted(reports.values()) == ["JONES", "SMITH", "SMITH"]
    assert bench.told(adt("A02", SMITH, "501", "W9^B9", at="202603011400")) == ["applied"]
    assert bench.lying()["SMITH"]


def test_an_unmerge_in_a_row_of_merges_gives_back_the_rest_of_the_row(bench: Bench) -> None:
    """First into second, second into third; second and third are parted: the first's goes with the second."""
    bench.apply(adt("A01"), adt("A01", JONES, "502"), adt("A01", BROWN, "503"))
    bench.apply(merge(JONES, SMITH, at="202603011100"), merge(BROWN, JONES, at="202603011200"))
    assert {owner(bench, one) for one in bench.record.all("Encounter")} == {"BROWN"}
    bench.apply(two("A37", BROWN, JONES, "202603011300"))
    assert {number: owner(bench, visit(bench, number)) for number in ("501", "502", "503")} == {
        "501": "JONES",
        "502": "JONES",
        "503": "BROWN",
    }


def test_an_unmerge_of_somebody_who_was_not_known_makes_them_known(bench: Bench) -> None:
    """The merge came before the registration: what came under the number is given back to a registration of its own."""
    bench.apply(adt("A01", JONES, "502"), merge(JONES, SMITH, at="202603011100"))
    bench.apply(adt("A01", SMITH, "501", at="202603011200"))
    assert owner(bench, visit(bench, "501")) == "JONES"
    assert bench.told(two("A37", JONES, SMITH, "202603011300")) == ["applied"]
    assert owner(bench, visit(bench, "501")) == "SMITH"
    assert bench.told(adt("A02", SMITH, "501", "W9^B9", at="202603011400")) == ["applied"]


def test_a_merge_that_comes_after_the_unmerge_that_undid_it_does_nothing(bench: Bench) -> None:
    """A37 overtook A40: the two stay two."""
    bench.apply(adt("A01"), adt("A01", JONES, "502"), two("A37", JONES, SMITH, "202603011300"))
    assert bench.told(merge(JONES, SMITH, at="202603011200")) == ["stale"]
    assert owner(bench, visit(bench, "501")) == "SMITH"
    assert bench.told(merge(JONES, SMITH, at="202603011400")) == ["applied"]
    assert owner(bench, visit(bench, "501")) == "JONES"


def test_an_unmerge_over_a_third_is_parked(bench: Bench) -> None:
    """Both were merged into a third: which merge is wrong is not told."""
    bench.apply(adt("A01"), adt("A01", JONES, "502"), adt("A01", BROWN, "503"))
    bench.apply(merge(BROWN, SMITH), merge(BROWN, JONES))
    held = dict(bench.record.held)
    assert bench.told(two("A37", JONES, SMITH, "202603011300")) == ["merge_conflict"]
    assert bench.record.held == held


def test_linked_people_are_told_of_each_other_and_stay_two(bench: Bench) -> None:
    """A24 joins nothing; A37 takes the link away."""
    bench.apply(adt("A01"), adt("A01", JONES, "502"))
    assert bench.told(two("A24", SMITH, JONES, "202603011100")) == ["applied"]
    smith, jones = bench.patient("1001"), bench.patient("2002")
    assert smith["link"] == [{"other": {"reference": f"Patient/{jones['id']}"}, "type": "seealso"}]
    assert jones["link"] == [{"other": {"reference": f"Patient/{smith['id']}"}, "type": "seealso"}]
    assert {owner(bench, one) for one in bench.record.all("Encounter")} == {"SMITH", "JONES"}
    bench.apply(two("A37", SMITH, JONES, "202603011200"))
    assert "link" not in bench.patient("1001")
    assert "link" not in bench.patient("2002")


def test_a_person_under_another_number_keeps_the_id(bench: Bench) -> None:
    """A47: what came before and what comes after, under either number, is the one person's."""
    bench.apply(adt("A01"))
    before = bench.patient("1001")["id"]
    assert bench.told(message("ADT^A47^ADT_A30", pid(Who("7007")), MRG, at="202603011100")) == ["applied"]
    assert bench.patient("7007")["id"] == before
    assert (
        bench.told(
            adt("A02", Who("7007"), place="W2^B2", at="202603011200"),
            adt("A02", SMITH, place="W3^B3", at="202603011300"),
        )
        == ["applied"] * 2
    )
    assert len(bench.record.all("Patient")) == 1
    assert bench.lying() == {"SMITH": ["W3", "B3"]}


def test_a_number_of_somebody_plainly_else_is_not_given_away(bench: Bench) -> None:
    """A47 to a number that another person has is parked; the same person under both is merged."""
    bench.apply(adt("A01"), adt("A01", JONES, "502"))
    assert bench.told(message("ADT^A47^ADT_A30", pid(JONES), MRG, at="202603011100")) == ["number_in_use"]
    twin = Who("8008")
    bench.apply(adt("A01", twin, "508"))
    assert bench.told(message("ADT^A47^ADT_A30", pid(twin), MRG, at="202603011200")) == ["applied"]
    assert len([one for one in bench.record.all("Patient") if one["active"]]) == 2


def test_a_visit_that_gives_way_is_part_of_the_other(bench: Bench) -> None:
    """A35: nobody lies in it, what was filed on it is on the other, and so is what comes under its number."""
    bench.apply(adt("A01"), result(filler="F1", visit="501"), adt("A01", SMITH, "502", "W2^B2", at="202603011100"))
    told = message("ADT^A35^ADT_A30", pid(), "MRG|1001^^^RXX||||501^^^VISITID", pv1("502", ""), at="202603011200")
    assert bench.told(told) == ["applied"]
    prior, heir = visit(bench, "501"), visit(bench, "502")
    assert (prior["status"], prior["partOf"]["reference"]) == ("finished", f"Encounter/{heir['id']}")
    assert "location" not in prior
    (report,) = bench.record.all("DiagnosticReport")
    assert report["encounter"]["reference"] == f"Encounter/{heir['id']}"
    bench.apply(
        adt("A02", SMITH, "501", "W3^B3", at="202603011300"),
        result(filler="F2", visit="501"),
    )
    assert bench.lying() == {"SMITH": ["W3", "B3"]}
    assert {one["encounter"]["reference"] for one in bench.record.all("DiagnosticReport")} >= {
        f"Encounter/{heir['id']}"
    }


def test_a_visit_that_gave_way_before_it_was_known_opens_no_second_bed(bench: Bench) -> None:
    """A35 overtook the A01 of the visit that it gives up."""
    told = message("ADT^A35^ADT_A30", pid(), "MRG|1001^^^RXX||||501^^^VISITID", pv1("502", "W2^B2"), at="202603011200")
    bench.apply(adt("A01", SMITH, "502", "W2^B2", at="202603011100"), told, adt("A01", at="202603011000"))
    assert bench.lying() == {"SMITH": ["W2", "B2"]}
    assert visit(bench, "501")["partOf"]


def test_a_visit_that_is_moved_is_the_other_patients_with_its_results(bench: Bench) -> None:
    """A45: whose it is changes, its id and its bed stay, and an unmerge later does not take it back."""
    bench.apply(adt("A01"), result(filler="F1", visit="501"), adt("A28", JONES))
    moved = message("ADT^A45^ADT_A45", pid(JONES), "MRG|1001^^^RXX||||501^^^VISITID", pv1("501"), at="202603011100")
    assert bench.told(moved) == ["applied"]
    assert bench.lying() == {"JONES": ["WARD1", "BED1"]}
    (report,) = bench.record.all("DiagnosticReport")
    assert owner(bench, report) == "JONES"
    assert bench.told(adt("A02", SMITH, "501", "W2^B2", at="202603011200")) == ["visit_of_another_patient"]


def test_an_event_from_before_a_move_comes_late_and_moves_no_visit_back(bench: Bench) -> None:
    """Under the first patient's number, recorded before the move: it is told of the visit, which is the second patient's."""
    moved = message(
        "ADT^A45^ADT_A45", pid(JONES), "MRG|1001^^^RXX||||501^^^VISITID", pv1("501", "W2^B2"), at="202603011200"
    )
    bench.apply(adt("A28"), adt("A28", JONES), moved)
    assert bench.told(adt("A01", at="202603011000")) == ["applied"]
    assert bench.lying() == {"JONES": ["WARD1", "BED1"]}


def test_two_patients_change_beds_in_one_step(bench: Bench) -> None:
    """A17 moves both or neither."""
    bench.apply(adt("A01"), adt("A01", JONES, "502", "W2^B2"))
    swap = message(
        "ADT^A17^ADT_A17", pid(), pv1("501", "W2^B2"), pid(JONES), pv1("502", "WARD1^BED1"), at="202603011100"
    )
    assert bench.told(swap) == ["applied"]
    assert bench.lying() == {"SMITH": ["W2", "B2"], "JONES": ["WARD1", "BED1"]}
    wrong = message("ADT^A17^ADT_A17", pid(), pv1("501", "W3^B3"), pid(JONES), pv1("501", "W4^B4"), at="202603011200")
    assert bench.told(wrong) == ["visit_of_another_patient"]
    assert bench.lying() == {"SMITH": ["W2", "B2"], "JONES": ["WARD1", "BED1"]}
