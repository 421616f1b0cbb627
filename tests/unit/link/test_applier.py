"""Messages applied to a record: what each brings, what is parked and why, and that none stops the others."""

from typing import Any

import apsw
import pytest
from structlog.testing import capture_logs

from tabard.journal import State
from unit.link.an_applier import JONES, RECEIVED, Bench, flags
from unit.link.itk import SMITH, Who, adt, merge, message, pid, pv1, result


@pytest.fixture
def bench() -> Bench:
    return Bench()


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


def test_a_bad_birth_date_is_flagged_and_the_message_applied(bench: Bench) -> None:
    """A fault of one field costs that field."""
    (mark,) = bench.apply(adt("A01", Who(born="196513121515")))
    assert (mark.outcome.state, mark.outcome.flags) == (State.applied, ("PID-7:bad-date",))


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


def test_a_name_is_never_emptied(bench: Bench) -> None:
    """A nulled PID-5 is the sender's mistake: a patient without a name is a patient mistaken for another."""
    marks = bench.apply(adt("A01"), message("A31", pid().replace("SMITH^ANNA^^^MRS^^L", '""')))
    assert flags(marks) == [(), ("PID-5:name-not-emptied",)]
    assert bench.lying() == {"SMITH": ["WARD1", "BED1"]}


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
