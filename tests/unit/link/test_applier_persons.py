"""Whom messages are about: merges, numbers of several people, and numbers that find nobody."""

import pytest

from tabard.journal import State
from unit.link.an_applier import JONES, Bench, flags
from unit.link.itk import SMITH, Who, adt, merge, message, pid, result


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_visit_goes_over_with_a_merge_and_is_then_found_under_both_numbers(bench: Bench) -> None:
    """A merge explains why another patient has the visit."""
    told = bench.told(
        adt("A01"),
        adt("A01", JONES, "502"),
        result(filler="F1"),
        merge(JONES, SMITH),
        adt("A02", JONES, "501", "W2^B2"),
    )
    assert told == ["applied"] * 5
    survivor = f"Patient/{bench.patient('2002')['id']}"
    belongings = [one for kind in ("Encounter", "Observation", "DiagnosticReport") for one in bench.record.all(kind)]
    assert {one["subject"]["reference"] for one in belongings} == {survivor}
    gone = bench.patient("1001")
    assert gone["active"] is False
    assert gone["link"] == [{"other": {"reference": survivor}, "type": "replaced-by"}]
    assert bench.told(adt("A02", SMITH, "501", "W3^B3", at="202603011300"), result(SMITH, "F2")) == ["applied"] * 2
    assert bench.patient("1001") == gone
    assert len(bench.record.all("Patient")) == 2


def test_a_merge_of_somebody_unknown_is_remembered(bench: Bench) -> None:
    """What comes later under the merged number reaches the survivor."""
    (mark,) = bench.apply(merge(JONES, SMITH))
    assert (mark.outcome.state, mark.outcome.flags) == (State.applied, ("MRG-1:merge-of-unknown",))
    marks = bench.apply(adt("A01", SMITH), result(SMITH))
    assert [mark.outcome.state for mark in marks] == [State.applied] * 2
    assert len(bench.record.all("Patient")) == 1
    assert bench.lying() == {"JONES": ["WARD1", "BED1"]}
    assert flags(marks)[0] == ("PID-3:number-out-of-use",)


def test_what_a_message_under_a_merged_number_says_of_the_person_is_not_taken(bench: Bench) -> None:
    """The old registration's name and birth date do not come back over the survivor's; the visit does move."""
    bench.apply(adt("A01"), adt("A01", JONES, "502", "W5^B5"), merge(JONES, SMITH))
    before = bench.patient("2002")
    assert bench.told(adt("A02", SMITH, "501", "W3^B3", at="202603011300")) == ["applied"]
    assert bench.patient("2002") == before


def test_a_merge_told_twice_is_one(bench: Bench) -> None:
    """Sent again, a merge changes nothing and is not in the way, whether the merged one was known or not."""
    bench.apply(adt("A01"), merge(JONES, SMITH), merge(JONES, Who("3003")))
    held = dict(bench.record.held)
    assert bench.told(merge(JONES, SMITH), merge(JONES, Who("3003"))) == ["applied"] * 2
    assert bench.record.held == held


def test_merges_in_a_row_lead_to_the_last_survivor(bench: Bench) -> None:
    """First into second, second into third: the first one's visit is the third's."""
    third = Who("3003", family="BROWN")
    bench.apply(adt("A01"), merge(JONES, SMITH), merge(third, JONES))
    assert bench.told(adt("A08", SMITH, at="202603011200")) == ["applied"]
    (visit,) = bench.record.all("Encounter")
    assert visit["subject"]["reference"] == f"Patient/{bench.patient('3003')['id']}"


@pytest.mark.parametrize("known", [True, False])
def test_a_second_merge_into_somebody_else_is_parked(bench: Bench, known: bool) -> None:  # noqa: FBT001  both cases of one rule
    """Two survivors cannot both be right."""
    bench.apply(*([adt("A01")] if known else []), merge(JONES, SMITH))
    held = dict(bench.record.held)
    assert bench.told(merge(Who("3003"), SMITH)) == ["merge_conflict"]
    assert bench.record.held == held


def test_a_merge_the_other_way_round_is_parked(bench: Bench) -> None:
    """Whose number is out of use now, only the record system can say."""
    bench.apply(adt("A01"), merge(JONES, SMITH))
    assert bench.told(merge(SMITH, JONES)) == ["merge_conflict"]


def test_two_numbers_of_two_patients_are_parked(bench: Bench) -> None:
    """A message that names two known patients names none."""
    both = pid().replace("1001^^^RXX", "1001^^^RXX~2002^^^RXX")
    bench.apply(adt("A01"), adt("A01", JONES, "502"))
    assert bench.told(message("A31", both)) == ["ambiguous_patient"]


def test_an_nhs_number_finds_only_where_there_is_no_local_number(bench: Bench) -> None:
    """Another local number is another registration, though the NHS number be the same."""
    bench.apply(adt("A01", Who(nhs="9434765919")), adt("A01", Who("7", "9434765919"), "502"))
    assert len(bench.record.all("Patient")) == 2
    assert bench.told(message("A31", pid(Who("", "9434765919")))) == ["ambiguous_patient"]


@pytest.mark.parametrize(
    ("who", "told"),
    [
        (Who("", "9434765919"), "applied"),
        (Who("", "9434765919", born="196512"), "applied"),
        (Who("", "9434765919", born="19651214"), "ambiguous_patient"),
        (Who("", "9434765919", "SMYTHE"), "ambiguous_patient"),
        (Who("", "9434765919", "Smith"), "applied"),
        (Who("", "9434765919", born=""), "ambiguous_patient"),
        (Who("", "9434765919", "OTHER", ""), "ambiguous_patient"),
        (Who("", "9434765919", "", ""), "ambiguous_patient"),
        (Who("", "9434765918"), "no_patient_identifier"),
    ],
)
def test_an_nhs_number_alone_needs_a_birth_date_and_a_name_that_agree(bench: Bench, who: Who, told: str) -> None:
    """By NHS number somebody is found when birth date and family name agree, and never where one of them is unknown."""
    bench.apply(adt("A01", Who(nhs="9434765919")))
    assert bench.told(message("A31", pid(who))) == [told]
    assert len(bench.record.all("Patient")) == 1


def test_a_number_that_fails_its_check_is_kept_and_finds_nobody(bench: Bench) -> None:
    """Two people with the same bad number stay two."""
    marks = bench.apply(adt("A01", Who(nhs="9434765918")), adt("A01", Who("7", "9434765918"), "502"))
    assert [mark.outcome.flags for mark in marks] == [("PID-3:bad-nhs-number",)] * 2
    assert all("9434765918" in str(one["identifier"]) for one in bench.record.all("Patient"))
    assert len(bench.record.all("Patient")) == 2


def test_a_number_taken_over_by_somebody_plainly_else_is_flagged(bench: Bench) -> None:
    """The record system's word is taken; that one registration was written over another is told."""
    marks = bench.apply(adt("A01", Who(nhs="9434765919")), adt("A08", Who("1001", "9990000018", "KHAN", "19800101")))
    assert flags(marks) == [(), ("PID-3:another-person",)]


def test_a_merge_may_name_all_numbers_of_who_is_given_up(bench: Bench) -> None:
    """Who is given up took a number over from an earlier merge: named with it, it is still the one given up."""
    third = Who("3003", family="BROWN")
    bench.apply(adt("A01"), adt("A01", JONES, "502"), merge(JONES, SMITH))
    assert bench.told(message("A40", pid(third), "MRG|1^^^ELSEWHERE~2002^^^RXX~1001^^^RXX")) == ["applied"]
    survivor = f"Patient/{bench.patient('3003')['id']}"
    assert {one["subject"]["reference"] for one in bench.record.all("Encounter")} == {survivor}
    assert (
        bench.told(adt("A08", SMITH, at="202603011200"), adt("A08", JONES, "502", at="202603011200")) == ["applied"] * 2
    )


def test_a_merge_that_names_a_number_given_to_somebody_else_is_parked(bench: Bench) -> None:
    """One number among several that a merge gave to another survivor: were it taken, two would hold it for good."""
    fourth, third = Who("4004", family="GREEN"), Who("3003", family="BROWN")
    bench.apply(merge(JONES, SMITH), adt("A01", fourth), adt("A01", third, "502"))
    held = dict(bench.record.held)
    assert bench.told(message("A40", pid(third), "MRG|4004^^^RXX~1001^^^RXX")) == ["merge_conflict"]
    assert bench.record.held == held


def test_a_merge_may_name_a_number_that_the_survivor_has_already(bench: Bench) -> None:
    """Of several numbers one was merged before: the other's visits go over all the same."""
    bench.apply(merge(JONES, SMITH), adt("A01", Who("3003")))
    assert bench.told(message("A40", pid(JONES), "MRG|1001^^^RXX~3003^^^RXX")) == ["applied"]
    (visit,) = bench.record.all("Encounter")
    assert visit["subject"]["reference"] == f"Patient/{bench.patient('2002')['id']}"
