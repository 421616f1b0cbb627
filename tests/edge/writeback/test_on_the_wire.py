"""From a product's write over a real connection to the record system, its answer, and the feed that tells it back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest

from edge.out.receivers import TIMEOUT_S, Call, answer, receiver
from tabard.ground.time import system_clock
from unit.link.writeback.a_hospital import Hospital, a_hospital, temperature
from unit.link.writeback.writes import echo, reason, tag


@contextmanager
def _carrying(hospital: Hospital) -> Iterator[None]:
    """Both threads run: the outbox's, and that of writing back."""
    hospital.outbound.start()
    hospital.back.start()
    yield


def _until(hospital: Hospital, reference: str, state: str | None, words: str = "") -> None:
    """Wait until the resource shows the state, and the reason where one is given."""
    waiting = Event()
    for _ in range(int(TIMEOUT_S / 0.02)):
        held = hospital.read(reference)
        if tag(held) == state and (not words or words in reason(held)):
            return
        waiting.wait(0.02)
    raise AssertionError(hospital.read(reference).get("meta"))


@pytest.mark.parametrize(("code", "state"), [("AA", "accepted"), ("AR", "rejected"), ("AE", "rejected")])
def test_the_record_systems_answer_is_shown(tmp_path: Path, code: str, state: str) -> None:
    """AA, AR and AE, as the receiver says them, are the tag of the resource."""
    with (
        receiver(lambda call: call.say(answer(call.raw, code))) as ehr,
        a_hospital(tmp_path, port=ehr.port, clock=system_clock) as hospital,
        _carrying(hospital),
    ):
        taken = hospital.write(temperature(hospital.patient()))
        _until(hospital, taken.write.resource, state)
        assert ehr.calls[0].control_id == taken.write.control_id


def test_a_record_system_that_is_away_leaves_it_pending_and_says_so(tmp_path: Path) -> None:
    """Nobody listens: pending, with the reason; when somebody does, it arrives, and its echo confirms it."""
    with receiver() as gone:
        port = gone.port
    with a_hospital(tmp_path, port=port, clock=system_clock) as hospital, _carrying(hospital):
        taken = hospital.write(temperature(hospital.patient()))
        _until(hospital, taken.write.resource, "pending", "cannot be reached")
        with receiver(port=port):
            _until(hospital, taken.write.resource, "accepted", "Received is not filed")
        hospital.receive(echo(hospital.sent()[0]))
        _until(hospital, taken.write.resource, None)
        assert len(hospital.observations()) == 1


def test_the_echo_may_come_before_the_answer(tmp_path: Path) -> None:
    """A feed quicker than the acknowledgement: confirmed, and the late answer brings no mark back."""
    echoed, heard = Event(), Event()

    def late(call: Call) -> None:
        heard.set()
        assert echoed.wait(TIMEOUT_S)
        call.say(answer(call.raw, "AA"))

    with (
        receiver(late) as ehr,
        a_hospital(tmp_path, port=ehr.port, clock=system_clock) as hospital,
        _carrying(hospital),
    ):
        taken = hospital.write(temperature(hospital.patient()))
        assert heard.wait(TIMEOUT_S)
        hospital.receive(echo(hospital.sent()[0]))
        echoed.set()
        waiting = Event()
        while hospital.outbound.entry(1).state.value != "accepted":
            waiting.wait(0.02)
        hospital.turn()
        assert tag(hospital.read(taken.write.resource)) is None
        assert hospital.back.states(hospital.patient())[0].state.value == "confirmed"


def test_one_patients_writes_arrive_in_their_order(tmp_path: Path) -> None:
    """What was written later is told later, also when the first one had to be sent again."""
    calls: list[str] = []

    def first_time_away(call: Call) -> None:
        calls.append(call.control_id)
        call.say(answer(call.raw, "AA" if len(calls) > 1 else "AE"))

    with (
        receiver(first_time_away) as ehr,
        a_hospital(tmp_path, port=ehr.port, clock=system_clock) as hospital,
        _carrying(hospital),
    ):
        made = [hospital.write(temperature(hospital.patient(), own=f"t{n}")).write for n in range(4)]
        _until(hospital, made[-1].resource, "accepted")
        assert list(dict.fromkeys(calls)) == [one.control_id for one in made]
