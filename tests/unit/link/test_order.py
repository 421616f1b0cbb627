"""What waits for whom: order by person, and a stuck one alone."""

from datetime import timedelta

import pytest

from tabard.dialect import Dialect, IdMaker, Translation, translate
from tabard.hl7v2 import Message
from tabard.journal import Mark, State, Waiting
from tabard.link import attempt
from tabard.link.applier import PATIENT_COMES_WITHIN, Applier
from tabard.link.errors import Transient
from tabard.link.identity import RecordIds
from tabard.link.retrying import FIRST_PAUSE, LONGEST_PAUSE, MOST_ATTEMPTS, pause
from tabard.link.settling import Decision, new_person, note_decision, reject, same_person
from unit.link.an_applier import RECEIVED, Bench
from unit.link.itk import SMITH, Who, adt, merge, message, pid, pv1, result

JONES = Who("2002", family="JONES", born="19700101")
BOTH = pid().replace("1001^^^RXX", "1001^^^RXX~2002^^^RXX")


@pytest.fixture
def bench() -> Bench:
    return Bench()


def released(bench: Bench, marks: tuple[Mark, ...]) -> list[int]:
    """The numbers of the held messages that these marks give again, as the journal would."""
    keys = {key for mark in marks for key in mark.releases}
    return [mark.seq for mark in bench.marks.values() if mark.outcome.state is State.waiting and mark.key in keys]


def settled(bench: Bench, seq: int, decision: Decision) -> list[str]:
    """A person decides on a message, it is given again, and then what it releases."""
    with bench.record.transaction() as writing:
        note_decision(writing, seq, decision, RECEIVED)
    told = bench.again(seq)
    behind = released(bench, (bench.marks[seq],))
    return [*told, *(bench.again(*behind) if behind else [])]


def test_a_result_is_filed_when_its_patient_comes_and_before_what_comes_after(bench: Bench) -> None:
    """It waits under the patient's key; what is told later of the same patient is filed after it."""
    assert bench.told(result(filler="F1"), adt("A28"), result(filler="F1", status="C", value="99.10")) == [
        "patient_not_known",
        "applied",
        "behind",
    ]
    assert released(bench, tuple(bench.marks.values())) == [1, 3]
    assert bench.again(1, 3) == ["applied", "applied"]
    (value,) = bench.record.all("Observation")
    assert (str(value["valueQuantity"]["value"]), value["status"]) == ("99.10", "corrected")
    assert bench.record.noticed.keys().isdisjoint({("held", "1"), ("held", "3")})


def test_a_result_waits_for_any_of_its_numbers(bench: Bench) -> None:
    """The patient may come under another of the numbers that the result names."""
    named = result().replace(b"1001^^^RXX", b"9^^^OLD~1001^^^RXX")
    bench.apply(named)
    assert released(bench, bench.apply(adt("A28"))) == [1]


def test_a_result_whose_patient_does_not_come_is_parked(bench: Bench) -> None:
    """It is given again when its time is over, and then a person must see to it."""
    (mark,) = bench.apply(result())
    assert mark.again_at == RECEIVED + PATIENT_COMES_WITHIN
    bench.now += PATIENT_COMES_WITHIN
    assert bench.again(1) == ["unknown_patient"]
    assert bench.told(result(filler="F2")) == ["unknown_patient"]


def test_what_waits_for_a_patient_holds_up_nobody(bench: Bench) -> None:
    """Two results of somebody unknown each wait by themselves, and others go on."""
    assert bench.told(result(filler="F1"), result(filler="F2"), adt("A01", JONES, "502")) == [
        "patient_not_known",
        "patient_not_known",
        "applied",
    ]


def test_what_follows_a_message_in_doubt_is_held_behind_it(bench: Bench) -> None:
    """Nobody knows whose it is, so neither of both goes on; a third does."""
    bench.apply(adt("A01"), adt("A01", JONES, "502"))
    told = bench.told(
        message("A31", BOTH),
        adt("A02", place="W2^B2", at="202603011100"),
        adt("A02", JONES, "502", "W3^B3", at="202603011100"),
        adt("A01", Who("3003"), "503"),
        result(filler="F9"),
    )
    assert told == ["ambiguous_patient", "behind", "behind", "applied", "behind"]


def test_a_parked_message_says_whether_others_wait_for_it(bench: Bench) -> None:
    """What follows a registration in doubt waits; what follows a result in doubt goes on, and it does not say otherwise."""
    bench.apply(adt("A01"), adt("A01", JONES, "502"))
    (of_both,) = bench.apply(result(filler="F9").replace(b"1001^^^RXX", b"1001^^^RXX~2002^^^RXX"))
    assert of_both.outcome.reason == "ambiguous_patient"
    assert "waits behind" not in (of_both.outcome.remedy or "")
    assert bench.told(adt("A02", place="W2^B2", at="202603011100")) == ["applied"]
    (registration,) = bench.apply(message("A31", BOTH))
    assert "waits behind" in (registration.outcome.remedy or "")
    assert bench.told(adt("A02", place="W3^B3", at="202603011200")) == ["behind"]


def test_waiting_for_another_is_no_try(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what was busy counts towards being stuck."""
    (unknown,) = bench.apply(result())
    with monkeypatch.context() as patch:
        patch.setattr(attempt, "translate", _busy)
        (busy,) = bench.apply(adt("A01", JONES, "502"))
    (behind,) = bench.apply(adt("A02", JONES, "502", "W2^B2", at="202603011100"))
    assert [mark.outcome.reason for mark in (unknown, busy, behind)] == ["patient_not_known", "retry", "behind"]
    assert [mark.is_tried for mark in (unknown, busy, behind)] == [False, True, False]


def test_a_merge_is_a_barrier_over_both(bench: Bench) -> None:
    """Held under one number, it holds up what follows under the other as well."""
    bench.apply(adt("A01"), adt("A01", JONES, "502"), adt("A01", Who("3003"), "503"))
    told = bench.told(
        message("A31", BOTH),
        merge(Who("3003"), SMITH, at="202603011200"),
        adt("A02", Who("3003"), "503", "W9^B9", at="202603011300"),
    )
    assert told == ["ambiguous_patient", "behind", "behind"]


def test_a_parked_identity_runs_on_as_decided(bench: Bench) -> None:
    """The same person: the message is that patient's, what waited follows in order, and the same words are no doubt any more."""
    bench.apply(adt("A01", Who(nhs="9434765919")))
    stranger = Who("", "9434765919", "SMYTHE")
    assert bench.told(message("A31", pid(stranger)), message("A31", pid(stranger, sex="1"))) == [
        "ambiguous_patient",
        "behind",
    ]
    patient = bench.patient("1001")["id"]
    assert settled(bench, 2, same_person(patient, "kim", "asked the ward")) == ["applied", "applied"]
    assert bench.patient("1001")["gender"] == "male"
    assert bench.told(message("A31", pid(stranger))) == ["applied"]
    assert len(bench.record.all("Patient")) == 1


def test_a_number_of_somebody_else_stays_theirs_when_a_person_settles(bench: Bench) -> None:
    """A message named two people's numbers and was about one: what comes for the other is in no doubt afterwards."""
    bench.apply(adt("A01"), adt("A01", JONES, "502"))
    assert bench.told(message("A31", BOTH)) == ["ambiguous_patient"]
    smith = bench.patient("1001")["id"]
    assert settled(bench, 3, same_person(smith, "kim", "asked the ward")) == ["applied"]
    assert bench.marks[3].outcome.flags == ("PID-3:number-of-another",)
    told = bench.told(
        adt("A02", place="W2^B2", at="202603011300"), adt("A02", JONES, "502", "W3^B3", at="202603011400")
    )
    assert told == ["applied", "applied"]
    assert bench.lying() == {"SMITH": ["W2", "B2"], "JONES": ["W3", "B3"]}
    assert bench.told(message("A31", BOTH.replace("ANNA", "ANNE"), at="202603011500")) == ["applied"]
    assert bench.told(message("A31", BOTH.replace("SMITH", "SMYTHE"), at="202603011500")) == ["ambiguous_patient"]


def test_a_parked_identity_may_be_a_new_person(bench: Bench) -> None:
    """Two people on one number: the second becomes a patient of their own, the same at each message."""
    bench.apply(adt("A01", Who(nhs="9434765919")))
    other = Who("", "9434765919", "KHAN", "19800101")
    bench.apply(message("A28", pid(other)))
    assert settled(bench, 2, new_person("kim", "another birth date")) == ["applied"]
    assert len(bench.record.all("Patient")) == 2
    assert bench.told(message("A31", pid(other))) == ["applied"]
    assert len(bench.record.all("Patient")) == 2


def test_a_rejected_message_has_no_effect_and_frees_who_waits(bench: Bench) -> None:
    """A person's word ends it; what came behind it is filed."""
    bench.apply(adt("A01"), adt("A01", JONES, "502"))
    bench.apply(message("A31", BOTH), adt("A02", place="W2^B2", at="202603011100"))
    assert settled(bench, 3, reject("kim", "sent by mistake")) == ["rejected", "applied"]
    assert bench.marks[3].outcome.state is State.no_effect
    assert bench.lying()["SMITH"] == ["W2", "B2"]


def test_what_was_held_when_a_process_ended_is_given_again(bench: Bench) -> None:
    """A release may have been lost with it: the next applier gives all that is held again with its first batch."""
    bench.apply(result(), adt("A01", JONES, "502"))
    bench.applier = bench.make()
    marks = bench.apply(adt("A02", JONES, "502", "W2^B2", at="202603011100"))
    assert released(bench, marks) == [1]


def test_something_busy_is_tried_again_and_then_parked(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses grow, what follows waits, and in the end the message is put aside and the others go on."""
    with monkeypatch.context() as patch:
        patch.setattr(attempt, "translate", _busy)
        (mark,) = bench.apply(adt("A01"))
        assert (mark.outcome.reason, mark.again_at) == ("retry", RECEIVED + pause(0, 1))
        tired = Waiting(1, "pas", RECEIVED, bench.given[1].raw, attempts=MOST_ATTEMPTS)
    assert bench.told(adt("A02", place="W2^B2", at="202603011100")) == ["behind"]
    with monkeypatch.context() as patch:
        patch.setattr(attempt, "translate", _busy)
        (mark,) = bench.kept(bench.applier.apply([tired]))
    assert (mark.outcome.state, mark.outcome.reason) == (State.parked, "stuck")
    assert released(bench, (mark,)) == [2]
    assert bench.again(2) == ["applied"]


def _busy(raw: Message, dialect: Dialect, ids: IdMaker) -> Translation:
    """Reads whom the message is about, and then finds something busy."""
    told = translate(raw, dialect, ids)
    if isinstance(ids, RecordIds):
        raise Transient
    return told


def test_pauses_grow_and_differ() -> None:
    """Each is longer than the one before, none than the longest, and two messages do not come back together."""
    pauses = [pause(attempts, 7) for attempts in range(MOST_ATTEMPTS)]
    assert pauses[0] >= FIRST_PAUSE / 2
    assert all(LONGEST_PAUSE / 2 <= one <= LONGEST_PAUSE for one in pauses[6:])
    assert pauses[:6] == sorted(pauses[:6])
    assert len({pause(3, seq) for seq in range(50)}) > 40


def test_listeners_hear_what_came_live_apart_from_what_was_replayed(bench: Bench) -> None:
    """After the commit, once for each; a replay must set nothing off."""
    heard: list[tuple[set[str], bool]] = []
    bench.applier = Applier(
        bench.record,
        bench.dialect,
        bench.ids,
        lambda: bench.now,
        after_commit=lambda changes, is_replay: heard.append(({one.type for one in changes}, is_replay)),
    )
    live, again = bench.waiting(adt("A28")), bench.waiting(adt("A28", JONES))
    bench.applier.apply([live, Waiting(again.seq, "pas", RECEIVED, again.raw, is_replay=True)])
    assert [(("Patient" in types), is_replay) for types, is_replay in heard] == [(True, False), (True, True)]


def test_a_message_that_changes_something_has_one_provenance(bench: Bench) -> None:
    """It names the link, the message and each version written; what changes nothing has none, and given again writes nothing."""
    bench.apply(adt("A01"), adt("A08", at="202603011100"))
    (told,) = bench.record.all("Provenance")
    assert told["entity"][0]["what"]["identifier"]["value"] == "urn:tabard:message:pas:1"
    patient = bench.patient("1001")["id"]
    assert f"Patient/{patient}/_history/1" in {one["reference"] for one in told["target"]}
    before = bench.record.writes
    bench.record.applied.clear()  # an older copy of the record's marks
    assert bench.again(1, 2) == ["stale", "applied"]
    assert bench.record.writes == before


def test_patience_can_be_set(bench: Bench) -> None:
    """How long a patient may take to come is the hospital's to say."""
    bench.applier = Applier(
        bench.record, bench.dialect, bench.ids, lambda: bench.now, patient_comes_within=timedelta(hours=1)
    )
    (mark,) = bench.apply(result())
    assert mark.again_at == RECEIVED + timedelta(hours=1)


def test_what_the_dialect_ignores_has_no_effect_and_says_why(bench: Bench) -> None:
    """Kept, and of no matter here; it is not taken for applied, so that it can be given again under another dialect."""
    (mark,) = bench.apply(message("SIU^S23^SIU_S12", "SCH|1"))
    assert (mark.outcome.state, mark.outcome.reason) == (State.no_effect, "ignored")
    assert "blocks a slot of a calendar" in (mark.outcome.detail or "")
    assert bench.record.applied == set()


def test_what_waits_and_is_faulty_besides_stops_nobody(bench: Bench) -> None:
    """A message behind another that could not be translated anyway is parked when it is its turn, and not before."""
    bench.apply(adt("A01"), adt("A01", JONES, "502"))
    faulty = message("ADT^A17^ADT_A17", pid(), pv1(), pid(JONES), pv1(""), at="202603011100").replace(
        b"^^^VISITID", b"", 2
    )
    assert bench.told(message("A31", BOTH), faulty, adt("A01", Who("3003"), "503")) == [
        "ambiguous_patient",
        "behind",
        "applied",
    ]
    assert settled(bench, 3, reject("kim", "sent by mistake")) == ["rejected", "no_visit_number"]
