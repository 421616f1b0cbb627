"""Messages applied to a record: what each brings, what is parked and why, and that none stops the others."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import apsw
import msgspec
import pytest
from structlog.testing import capture_logs

from tabard.dialect import Dialect, load
from tabard.ground.ids import KeyedIds
from tabard.journal import Mark, State, Waiting
from tabard.link.applier import Applier
from tabard.link.settling import note_decision, reject
from unit.link.itk import SMITH, Who, adt, merge, message, pid, pv1, result
from unit.link.pretend_record import PretendRecord

RECEIVED = datetime(2026, 3, 1, 20, tzinfo=UTC)
ITK = load("itk-2.4")
JONES = Who("2002", family="JONES", born="19700101")


class Bench:
    """An applier over a pretend record, given messages one after another."""

    def __init__(self) -> None:
        self.record = PretendRecord()
        self.ids = KeyedIds(b"k")
        self.now = RECEIVED
        self.marks: dict[int, Mark] = {}
        self.applier = self.make()
        self.seq = 0
        self.given: dict[int, Waiting] = {}

    @staticmethod
    def dialect(link: str) -> Dialect | None:
        """The dialect of the links that are set up."""
        return ITK if link in {"pas", "lab"} else None

    def apply(self, *messages: bytes, link: str = "pas") -> tuple[Mark, ...]:
        """What became of each message."""
        return self.kept(self.applier.apply([self.waiting(raw, link) for raw in messages]))

    def make(self) -> Applier:
        """An applier of a new process."""
        return Applier(self.record, self.dialect, self.ids, lambda: self.now)

    def kept(self, marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
        """The marks, as the journal keeps them."""
        self.marks |= {mark.seq: mark for mark in marks}
        return marks

    def waiting(self, raw: bytes, link: str = "pas") -> Waiting:
        """The message as the journal gives it."""
        self.seq += 1
        self.given[self.seq] = Waiting(self.seq, link, RECEIVED, raw)
        return self.given[self.seq]

    def told(self, *messages: bytes, link: str = "pas") -> list[str]:
        """The reason of each message, or its state."""
        return [mark.outcome.reason or mark.outcome.state.value for mark in self.apply(*messages, link=link)]

    def reject(self) -> None:
        """A person decides that the last message, which is parked, is to have no effect; it is given again."""
        with self.record.transaction() as writing:
            note_decision(writing, self.seq, reject("kim", "sent by mistake"), RECEIVED)
        assert self.again() == ["rejected"]

    def again(self, *seqs: int) -> list[str]:
        """What becomes of messages given again, the last one where none is named."""
        marks = self.kept(self.applier.apply([self.given[seq] for seq in seqs or (self.seq,)]))
        return [mark.outcome.reason or mark.outcome.state.value for mark in marks]

    def patient(self, mrn: str) -> dict[str, Any]:
        """The one patient with this number in use."""
        (found,) = [
            one
            for one in self.record.all("Patient")
            if any(number["value"] == mrn and number.get("use") != "old" for number in one["identifier"])
        ]
        return found

    def lying(self) -> dict[str, list[str]]:
        """Where each patient lies now: family name to ward and bed."""
        names = {f"Patient/{one['id']}": one["name"][0]["family"] for one in self.record.all("Patient")}
        return {
            names[visit["subject"]["reference"]]: [
                place["location"]["display"] for place in visit.get("location", []) if place["status"] == "active"
            ]
            for visit in self.record.all("Encounter")
            if visit["status"] == "in-progress"
        }


@pytest.fixture
def bench() -> Bench:
    return Bench()


def flags(marks: Sequence[Mark]) -> list[tuple[str, ...]]:
    return [mark.outcome.flags for mark in marks]


def test_an_admission_brings_patient_visit_and_places(bench: Bench) -> None:
    """One A01 is a patient in a bed, and all of it came by the link."""
    (mark,) = bench.apply(adt("A01"))
    assert (mark.seq, mark.outcome.state, mark.at) == (1, State.applied, RECEIVED)
    assert bench.lying() == {"SMITH": ["WARD1", "BED1"]}
    assert set(bench.record.sources.values()) == {"urn:tabard:link:pas"}
    assert bench.record.applied == {1}


def test_the_same_patient_is_found_again_by_a_local_number(bench: Bench) -> None:
    """Two messages under one number are one patient; another number is another one."""
    bench.apply(adt("A01"), adt("A02", place="WARD2^BED9", at="202603011100"), adt("A01", JONES, "502"))
    assert len(bench.record.all("Patient")) == 2
    assert bench.lying() == {"SMITH": ["WARD2", "BED9"], "JONES": ["WARD1", "BED1"]}


@pytest.mark.parametrize("trigger", ["A02", "A03", "A08", "A11", "A12", "A13"])
def test_an_event_before_its_admission_makes_patient_and_visit(bench: Bench, trigger: str) -> None:
    """Sources broadcast blindly: what comes first is taken as it comes."""
    assert bench.told(adt(trigger)) == ["applied"]
    assert len(bench.record.all("Patient")) == len(bench.record.all("Encounter")) == 1


@pytest.mark.parametrize("trigger", ["A28", "A31"])
def test_a_registration_makes_a_patient_and_no_visit(bench: Bench, trigger: str) -> None:
    """A28 and A31 alike register somebody unknown."""
    assert bench.told(message(trigger, pid())) == ["applied"]
    assert len(bench.record.all("Patient")) == 1
    assert bench.record.all("Encounter") == []


def test_a_registration_changes_who_is_known(bench: Bench) -> None:
    """A31 lays what it says over what is known."""
    bench.apply(adt("A01"), message("A31", pid(Who(family="BROWN"))))
    assert bench.lying() == {"BROWN": ["WARD1", "BED1"]}


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


def test_a_visit_number_of_another_patient_is_parked_whole(bench: Bench) -> None:
    """The wrong-patient trap: nothing of such a message is taken, the patient neither."""
    assert bench.told(adt("A01"), adt("A08", JONES)) == ["applied", "visit_of_another_patient"]
    assert bench.lying() == {"SMITH": ["WARD1", "BED1"]}
    assert len(bench.record.all("Patient")) == 1


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


def test_a_bad_birth_date_is_flagged_and_the_message_applied(bench: Bench) -> None:
    """A fault of one field costs that field."""
    (mark,) = bench.apply(adt("A01", Who(born="196513121515")))
    assert (mark.outcome.state, mark.outcome.flags) == (State.applied, ("PID-7:bad-date",))


def test_an_event_dated_after_its_message_counts_from_when_it_was_told(bench: Bench) -> None:
    """A mistyped future time must not make every later move the past."""
    mistyped = adt("A02", place="W2^B2", at="202603011100").replace(
        b"EVN||202603011100||||2026", b"EVN||202603011100||||2062"
    )
    marks = bench.apply(adt("A01"), mistyped, adt("A02", place="W3^B3", at="202603012000"))
    assert flags(marks) == [(), ("EVN-6:after-it-was-told",), ()]
    assert bench.lying() == {"SMITH": ["W3", "B3"]}


def test_a_nulled_location_leaves_the_patient_nowhere(bench: Bench) -> None:
    """An explicit null is the sender's word that the place no longer holds."""
    bench.apply(adt("A01"), message("A08", pid(), pv1(place='""'), at="202603011100"))
    assert bench.lying() == {"SMITH": []}


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"no message at all", "unreadable"),
        (message("ADT^A99^X", pid(), pv1()), "unsupported_event"),
        (message("A01", pid(), pv1("")).replace(b"^^^VISITID", b""), "no_visit_number"),
        (message("A01", pid(Who("", ""))), "no_patient_identifier"),
        (message("A01", pid()), "missing_segment"),
        (adt("A01").replace(b"|2.4|", b"|2.3|"), "wrong_version"),
        (merge(SMITH, SMITH), "merge_with_itself"),
    ],
)
def test_what_cannot_be_translated_is_parked_with_reason_and_remedy(bench: Bench, raw: bytes, reason: str) -> None:
    """Each fault has its code, a sentence and a remedy, and the messages around it are applied."""
    first, middle, last = bench.apply(adt("A01"), raw, adt("A02", place="W2^B2", at="202603011100"))
    assert (first.outcome.state, middle.outcome.state, last.outcome.state) == (
        State.applied,
        State.parked,
        State.applied,
    )
    assert middle.outcome.reason == reason
    assert middle.outcome.detail
    assert middle.outcome.remedy
    assert bench.lying() == {"SMITH": ["W2", "B2"]}
    assert bench.record.applied == {1, 3}


def test_a_message_of_a_link_that_is_gone_is_parked(bench: Bench) -> None:
    """Without its dialect a message cannot be read."""
    assert bench.told(adt("A01"), link="gone") == ["unknown_link"]


def test_our_own_fault_parks_one_message_and_tells_nothing_of_it(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unexpected exception parks its message by class name alone, in the log too, and the others go on."""
    put = bench.record.put

    def failing(resource: dict[str, Any], source: str, /) -> object:
        if resource["resourceType"] == "Encounter" and "JONES" in str(bench.record.held):
            raise RuntimeError("JONES was born on 1970-01-01")
        return put(resource, source)

    monkeypatch.setattr(bench.record, "put", failing)
    with capture_logs() as logs:
        marks = bench.apply(adt("A01"), adt("A01", JONES, "502"), adt("A02", place="W2^B2", at="202603011100"))
    assert [mark.outcome.reason for mark in marks] == [None, "internal_error", None]
    assert "RuntimeError" in (marks[1].outcome.detail or "")
    assert [(log["seq"], log["fault"]) for log in logs] == [(2, "RuntimeError")]
    assert "JONES" not in repr(logs) + repr(marks)
    assert bench.lying() == {"SMITH": ["W2", "B2"]}


def test_a_record_that_cannot_be_written_parks_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is no fault of a message: the batch is given back whole, and applied when there is room."""

    def full(resource: dict[str, Any], source: str, /) -> object:
        del resource, source
        raise apsw.FullError

    batch = [bench.waiting(adt("A01")), bench.waiting(result())]
    with monkeypatch.context() as patch:
        patch.setattr(bench.record, "put", full)
        with pytest.raises(apsw.FullError):
            bench.applier.apply(batch)
    assert (bench.record.held, bench.record.applied) == ({}, set())
    assert [mark.outcome.state for mark in bench.applier.apply(batch)] == [State.applied] * 2


def test_a_message_that_the_record_holds_as_applied_is_not_applied_again(bench: Bench) -> None:
    """After a crash between record and journal the messages come again, and change nothing."""
    batch = [bench.waiting(raw) for raw in (adt("A01"), adt("A02", place="W2^B2", at="202603011100"), result())]
    first = bench.applier.apply(batch)
    writes = bench.record.writes
    again = bench.applier.apply(batch)
    assert [mark.outcome.state for mark in again] == [mark.outcome.state for mark in first] == [State.applied] * 3
    assert bench.record.writes == writes


def test_an_applied_message_given_again_later_does_not_bring_the_past_back(bench: Bench) -> None:
    """What was said since stands: the mark is looked at, and not only whether the message would change anything."""
    early, late = bench.waiting(message("A31", pid(sex="1"))), bench.waiting(message("A31", pid(sex="2")))
    bench.applier.apply([early, late])
    bench.applier.apply([early])
    assert bench.patient("1001")["gender"] == "female"


def test_the_record_is_let_go_of(bench: Bench) -> None:
    """Closing the applier closes the record."""
    bench.applier.close()
    assert bench.record.is_closed


def visit_fields(**fields: str) -> str:
    """PV1 of visit 501 in WARD1, BED1, with further fields by number, such as `f36`."""
    told = {2: "I", 3: "^WARD1^BED1^RXX01", 19: "501^^^VISITID"} | {int(n[1:]): text for n, text in fields.items()}
    return "PV1|" + "|".join(told.get(n, "") for n in range(1, 46)).rstrip("|")


@pytest.mark.parametrize("back", ["A13", "A01"])
def test_a_visit_that_goes_on_has_no_discharge(bench: Bench, back: str) -> None:
    """A discharge taken back, or followed by an admission, takes with it how and where the patient went."""
    admitted = message("A01", pid(), visit_fields(f4="21", f14="19"))
    died = message("A03", pid(), visit_fields(f36="4", f37="79", f45="202603011200"), at="202603011200")
    bench.apply(admitted)
    (before,) = bench.record.all("Encounter")
    bench.apply(died)
    (gone,) = bench.record.all("Encounter")
    assert "DischargeMethod" in str(gone["hospitalization"])
    bench.apply(message(back, pid(), visit_fields(), at="202603011300"))
    (visit,) = bench.record.all("Encounter")
    assert visit["status"] == "in-progress"
    assert visit["hospitalization"] == before["hospitalization"]


@pytest.mark.parametrize(("so_far", "flag"), [("A03", "PV1-19:visit-has-ended"), ("A11", "PV1-19:visit-was-cancelled")])
def test_a_move_that_is_not_believed_is_flagged(bench: Bench, so_far: str, flag: str) -> None:
    """A patient who is moved after the end of the visit is missed on a ward: somebody must be able to see it."""
    marks = bench.apply(adt("A01"), adt(so_far, at="202603011200"), adt("A02", place="W2^B2", at="202603011300"))
    assert flags(marks) == [(), (), (flag,)]
    assert bench.lying() == {}


def test_a_name_is_never_emptied(bench: Bench) -> None:
    """A nulled PID-5 is the sender's mistake: a patient without a name is a patient mistaken for another."""
    marks = bench.apply(adt("A01"), message("A31", pid().replace("SMITH^ANNA^^^MRS^^L", '""')))
    assert flags(marks) == [(), ("PID-5:name-not-emptied",)]
    assert bench.lying() == {"SMITH": ["WARD1", "BED1"]}


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


def test_a_sender_whose_clock_is_ahead_moves_nobody_into_the_future(bench: Bench) -> None:
    """A wrong clock dates message and event alike; taken at its word, it would make all that follows the past."""
    marks = bench.apply(
        adt("A01"), adt("A02", place="W2^B2", at="206203011100"), adt("A02", place="W3^B3", at="202603012001")
    )
    assert flags(marks)[1] == ("EVN-6:after-it-was-told",)
    assert bench.lying() == {"SMITH": ["W3", "B3"]}


def test_a_move_in_the_repeated_hour_is_not_the_past_of_what_is_known(bench: Bench) -> None:
    """When the clocks go back, 01:10 after 01:50 is the second one: the patient is moved and the stays are in order."""
    bench.apply(adt("A01", at="202510260150"), adt("A02", place="W2^B2", at="202510260110"))
    assert bench.lying() == {"SMITH": ["W2", "B2"]}
    (visit,) = bench.record.all("Encounter")
    starts = [place["period"]["start"] for place in visit["location"]]
    assert starts == ["2025-10-26T01:50:00+01:00"] * 2 + ["2025-10-26T01:10:00+00:00"] * 2


@pytest.mark.parametrize("is_late", [False, True])
def test_which_hour_comes_twice_is_the_dialects_to_say(bench: Bench, is_late: bool) -> None:  # noqa: FBT001  a table
    """A sender in New York puts its clocks back a week later: its moves are in order too, however they came."""
    dialect = msgspec.structs.replace(load("itk-2.4"), time_zone="America/New_York")
    applier = Applier(bench.record, lambda _: dialect, bench.ids, lambda: bench.now)
    told = [adt("A01", at="202511020150"), adt("A02", place="W2^B2", at="202511020110")]
    if is_late:
        told.append(adt("A08", place="W2^B2", at="202511020100"))
    for raw in told:
        applier.apply([bench.waiting(raw)])
    assert bench.lying() == {"SMITH": ["W2", "B2"]}


def test_an_older_result_does_not_take_the_place_of_a_newer(bench: Bench) -> None:
    """A preliminary report that comes after the final one, sent again or held up, is told apart by when it was issued."""
    older = result(value="91.00", status="P").replace(b"20260301093000", b"20260301080000")
    marks = bench.apply(adt("A01"), result(), older)
    assert flags(marks) == [(), (), ("OBR-22:older-than-known",)]
    (value,), (report,) = bench.record.all("Observation"), bench.record.all("DiagnosticReport")
    assert (str(value["valueQuantity"]["value"]), value["status"], report["status"]) == ("98.00", "final", "final")


@pytest.mark.parametrize(
    "raw",
    [
        message("A01", pid(), pv1(doctor="~".join(f"C{n:07}" for n in range(501)))),
        message("A28", pid().replace("1001^^^RXX", "~".join(f"{n}^^^RXX" for n in range(501)))),
        message("R01", pid(), "OBR|1||F1|UE", *["OBX|1|NM|CREA||1"] * 10_001),
    ],
    ids=["repetitions of PV1-9", "repetitions of PID-3", "segments"],
)
def test_a_message_beyond_all_measure_is_parked_unread(bench: Bench, raw: bytes) -> None:
    """What would hold up all others for minutes is no message of a hospital; the next one is applied."""
    assert bench.told(adt("A28"), raw, adt("A01")) == ["applied", "beyond_bounds", "applied"]


def test_a_long_text_is_within_bounds(bench: Bench) -> None:
    """Reports put a line into each repetition of OBX-5."""
    text = result().replace(b"98.00", b"~".join([b"LINE"] * 2000)).replace(b"|NM|", b"|FT|")
    assert bench.told(adt("A01"), text) == ["applied"] * 2


def test_a_field_that_is_nulled_alone_empties_what_it_told(bench: Bench) -> None:
    """A nulled doctor, phone, practice or method goes, though the field beside it in the same list is not sent."""
    told = f"{pid()}|||||020 1|020 2"
    gp = "PD1|||PRACTICE^^F84040|G1234567^GP"
    bench.apply(message("A01", told, gp, visit_fields(f4="21", f7="C1234567^A", f9="C7654321^B")))
    nulled = visit_fields(f4='""', f7='""')
    bench.apply(message("A08", f'{pid()}|||||""', 'PD1|||""', nulled, at="202603011100"))
    (patient,), (visit,) = bench.record.all("Patient"), bench.record.all("Encounter")
    assert [one["value"] for one in patient["telecom"]] == ["020 2"]
    assert [one["reference"].partition("/")[0] for one in patient["generalPractitioner"]] == ["Practitioner"]
    assert [one["individual"]["display"] for one in visit["participant"]] == ["B"]
    assert "hospitalization" not in visit


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
