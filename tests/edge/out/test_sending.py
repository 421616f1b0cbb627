"""Sending: in order, each message until its own answer, and no answer taken for another's."""

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from edge.out.receivers import Call, answer, carrying, destination, message, receiver, settled, until, when
from tabard.ground.errors import CallerError, InternalError, NotFound
from tabard.hl7v2 import AckCode, acknowledge, read_acknowledgement, read_header
from tabard.link.out import Outbound, OutReason, OutState, Unsendable, outbound as outbound_module
from tabard.link.out.judging import Verdict
from tabard.link.out.outbox import Outbox


def test_messages_go_in_order_over_one_connection(tmp_path: Path) -> None:
    """Byte for byte, the next after the answer to the one before; AA means received, and says so."""
    with receiver() as ehr:
        destination(tmp_path, ehr.port)
        with carrying(tmp_path) as outbound:
            numbers = [outbound.put("ehr", message(f"c{n}"), f"c{n}", of=f"Observation/{n}") for n in range(40)]
            told = [settled(outbound, number) for number in numbers]
            (state,) = outbound.states()
    assert [call.raw for call in ehr.calls] == [message(f"c{n}") for n in range(40)]
    assert {one.state for one in told} == {OutState.accepted}
    assert (told[7].code, told[7].attempts, told[7].of, told[7].reason) == ("AA", 1, "Observation/7", None)
    assert ehr.connections == 1
    assert state.counts["accepted"] == 40
    assert state.strays == 0


def test_what_is_put_before_the_start_or_while_nobody_listens_is_kept(tmp_path: Path) -> None:
    """The record system may be down for a weekend: the message waits, and the reason can be read."""
    with receiver() as ehr:
        port = ehr.port
    destination(tmp_path, port)
    with carrying(tmp_path) as outbound:
        number = outbound.put("ehr", message("c1"), "c1", of="Observation/1")
        told = when(outbound, number, lambda told: told.reason is OutReason.cannot_connect)
        assert (told.state, told.attempts) == (OutState.queued, 0)
        assert told.remedy
        assert outbound.states()[0].fault is OutReason.cannot_connect
        with receiver(port=port):
            assert settled(outbound, number).state is OutState.accepted
        assert outbound.states()[0].fault is None


@pytest.mark.parametrize("codes", [["CE", "AE", "AA"], ["AE", "CA"]])
def test_a_receiver_that_failed_is_tried_again(tmp_path: Path, codes: list[str]) -> None:
    """CE and AE: the same bytes after a pause, until it is taken; what was put later waits behind."""
    left = list(codes)
    with receiver(lambda call: call.say(answer(call.raw, left.pop(0) if left else "AA"))) as ehr:
        destination(tmp_path, ehr.port)
        with carrying(tmp_path) as outbound:
            first = outbound.put("ehr", message("c1"), "c1", of="Observation/1")
            second = outbound.put("ehr", message("c2"), "c2", of="Observation/2")
            told = settled(outbound, first)
            assert settled(outbound, second).state is OutState.accepted
    assert (told.state, told.attempts, told.doubts) == (OutState.accepted, len(codes), 0)
    assert [call.raw for call in ehr.calls] == [message("c1")] * len(codes) + [message("c2")]


@pytest.mark.parametrize(
    ("code", "calls", "reason"),
    [("AR", 1, "refused"), ("CR", 1, "refused"), ("AE", 3, "refused_each_time"), ("CE", 3, "refused_each_time")],
)
def test_a_message_that_is_refused_holds_up_nobody(tmp_path: Path, code: str, calls: int, reason: str) -> None:
    """It is rejected with its reason, what the receiver said is kept, and the next one goes."""

    def script(call: Call) -> None:
        call.say(answer(call.raw, code if call.control_id == "bad" else "AA", text="unknown SECRETNAME"))

    with receiver(script) as ehr:
        destination(tmp_path, ehr.port, "tries = 3")
        with carrying(tmp_path) as outbound:
            bad = outbound.put("ehr", message("bad"), "bad", of="Observation/1")
            good = outbound.put("ehr", message("good"), "good", of="Observation/2")
            assert settled(outbound, good).state is OutState.accepted
            told = outbound.entry(bad)
            said = outbound.answer(bad)
    assert (told.state, told.reason, told.code, told.attempts) == (OutState.rejected, reason, code, calls)
    assert "SECRETNAME" not in repr(told)
    assert said is not None
    assert read_acknowledgement(said).text == "unknown SECRETNAME"


def test_a_late_answer_is_not_the_next_messages(tmp_path: Path) -> None:
    """The socket is closed after a time without an answer; what is said on it later goes nowhere.

    A receiver that answers each message only when the next one has come would otherwise have all of them accepted, the one
    that it never took among them.
    """
    late: list[Call] = []

    def script(call: Call) -> None:
        if call.control_id == "lost" and call.connection == 1:
            late.append(call)
            return
        for before in late:
            before.say(answer(before.raw, "AA"))
            call.say(answer(before.raw, "AA"))
        call.say(answer(call.raw, "AR" if call.control_id == "lost" else "AA"))

    with receiver(script) as ehr:
        destination(tmp_path, ehr.port, "ack_timeout_s = 2\ntries = 1")
        with carrying(tmp_path) as outbound:
            lost = outbound.put("ehr", message("lost"), "lost", of="Observation/1")
            after = outbound.put("ehr", message("after"), "after", of="Observation/2")
            assert settled(outbound, after).state is OutState.accepted
            told = outbound.entry(lost)
            strays = outbound.states()[0].strays
    assert (told.state, told.reason, told.doubts) == (OutState.unclear, OutReason.no_answer, 1)
    assert [call.connection for call in ehr.calls] == [1, 2]
    assert strays == 1


def test_strays_are_dropped_and_counted(tmp_path: Path) -> None:
    """Answers to other messages, noise and half frames before the right answer change nothing."""

    def script(call: Call) -> None:
        call.say(answer(call.raw, "AR", control_id="c0"), b"noise", b"\x0bhalf", b"\x0bnothing\x1c\r")
        call.say(b"\x0bMSH|^~\\&|||||||ACK|1\rMSA|AA\r\x1c\r", answer(call.raw, "AA"), answer(call.raw, "AR"))

    with receiver(script) as ehr:
        destination(tmp_path, ehr.port)
        with carrying(tmp_path) as outbound:
            numbers = [outbound.put("ehr", message(f"c{n}"), f"c{n}", of="") for n in (1, 2)]
            told = [settled(outbound, number) for number in numbers]
            strays = outbound.states()[0].strays
    assert [one.state for one in told] == [OutState.accepted] * 2
    assert [one.attempts for one in told] == [1, 1]
    assert strays >= 10
    assert ehr.connections == 1


def test_silence_ends_as_unclear(tmp_path: Path) -> None:
    """After all its tries, each on a connection of its own with the same bytes: nobody knows, so a person must look."""
    with receiver(lambda _: None) as ehr:
        destination(tmp_path, ehr.port, "ack_timeout_s = 0.05\ntries = 3")
        with carrying(tmp_path) as outbound:
            told = settled(outbound, outbound.put("ehr", message("c1"), "c1", of=""))
            assert (told.state, told.attempts, told.doubts) == (OutState.unclear, 3, 3)
            assert told.told
            assert told.remedy
            assert outbound.settle(told.id, OutState.accepted, by="j.doe", why="seen in the chart").state == "accepted"
    assert [call.raw for call in ehr.calls] == [message("c1")] * 3
    assert sorted(call.connection for call in ehr.calls) == [1, 2, 3]


def test_a_person_has_it_sent_again_after_a_refusal(tmp_path: Path) -> None:
    """The receiver's fault was mended: the same control id, the same bytes."""
    mended = threading.Event()
    with receiver(lambda call: call.say(answer(call.raw, "AA" if mended.is_set() else "AR"))) as ehr:
        destination(tmp_path, ehr.port)
        with carrying(tmp_path) as outbound:
            number = outbound.put("ehr", message("c1"), "c1", of="")
            assert settled(outbound, number).state is OutState.rejected
            mended.set()
            outbound.send_again(number, by="j.doe", why="ward was added there")
            assert until(outbound, number, OutState.accepted).decided_by == "j.doe"
    assert ehr.calls[0].raw == ehr.calls[1].raw


def test_a_broken_connection_is_a_doubt(tmp_path: Path) -> None:
    """The message is sent again; refused then, it is unclear: the first may have been taken."""

    def script(call: Call) -> None:
        if call.connection == 1:
            call.socket.shutdown(2)
        else:
            call.say(answer(call.raw, "AR"))

    with receiver(script) as ehr:
        destination(tmp_path, ehr.port)
        with carrying(tmp_path) as outbound:
            told = settled(outbound, outbound.put("ehr", message("c1"), "c1", of=""))
    assert (told.state, told.reason, told.attempts) == (OutState.unclear, OutReason.refused_after_doubt, 2)


def test_a_connection_closed_while_idle_is_opened_again(tmp_path: Path) -> None:
    """Receivers that hang up after each message are no fault, and cost no try."""

    def script(call: Call) -> None:
        call.say(answer(call.raw, "AA"))
        call.socket.shutdown(2)

    with receiver(script) as ehr:
        destination(tmp_path, ehr.port)
        with carrying(tmp_path) as outbound:
            waiting = threading.Event()
            for n in range(3):
                assert settled(outbound, outbound.put("ehr", message(f"c{n}"), f"c{n}", of="")).attempts == 1
                while outbound.states()[0].is_connected:
                    waiting.wait(0.01)
    assert ehr.connections == 3


def test_the_applications_answer_comes_after_the_commit(tmp_path: Path) -> None:
    """CA: safe there. Then AA or AE on the same connection, in any order, while others are sent."""
    held: list[Call] = []
    release = threading.Event()

    def script(call: Call) -> None:
        call.say(answer(call.raw, "CA"))
        held.append(call)
        if call.control_id == "c3":
            release.wait(60)
            for one, code in ((held[2], "AA"), (held[0], "AE"), (held[1], "AA")):
                call.say(answer(one.raw, code))

    with receiver(script) as ehr:
        destination(tmp_path, ehr.port)
        with carrying(tmp_path) as outbound:
            numbers = [
                outbound.put("ehr", message(f"c{n}", accept="AL", application="AL"), f"c{n}", of="") for n in (1, 2, 3)
            ]
            for number in numbers:
                told = when(outbound, number, lambda told: told.reason is OutReason.awaiting_application)
                assert (told.state, told.code) == (OutState.sent, "CA")
            release.set()
            ends = [settled(outbound, number) for number in numbers]
            strays = outbound.states()[0].strays
    assert [one.state for one in ends] == [OutState.rejected, OutState.accepted, OutState.accepted]
    assert ends[0].reason is OutReason.refused_by_application
    assert [one.attempts for one in ends] == [1, 1, 1]
    assert (ehr.connections, strays) == (1, 0)


@pytest.mark.parametrize(
    ("codes", "state", "strays"),
    [("CA AA", "accepted", 0), ("CA AE", "rejected", 0), ("AA CA", "accepted", 1), ("CA CA AA AR", "accepted", 2)],
)
def test_both_answers_may_come_in_one_piece(tmp_path: Path, codes: str, state: str, strays: int) -> None:
    """The second is not lost because the first was not yet looked at; one too many is a stray."""
    with receiver(lambda call: call.say(*(answer(call.raw, code) for code in codes.split()))) as ehr:
        destination(tmp_path, ehr.port)
        with carrying(tmp_path) as outbound:
            told = settled(outbound, outbound.put("ehr", message("c1", accept="AL", application="AL"), "c1", of=""))
            last = outbound.put("ehr", message("c2", accept="AL", application="AL"), "c2", of="")
            settled(outbound, last)
            when(outbound, last, lambda _: outbound.states()[0].strays >= 2 * strays)
            assert outbound.states()[0].strays == 2 * strays
    assert (told.state, told.attempts) == (state, 1)
    assert len(ehr.calls) == 2


def test_an_application_that_never_speaks_leaves_it_unclear(tmp_path: Path) -> None:
    """It is not sent again: the receiver has it. A late word after that is dropped."""
    with receiver(lambda call: call.say(answer(call.raw, "CA"))) as ehr:
        destination(tmp_path, ehr.port, "application_timeout_s = 0.2")
        with carrying(tmp_path) as outbound:
            told = settled(outbound, outbound.put("ehr", message("c1", accept="AL", application="AL"), "c1", of=""))
    assert (told.state, told.reason) == (OutState.unclear, OutReason.no_application_answer)
    assert len(ehr.calls) == 1


def test_the_application_may_speak_after_a_restart(tmp_path: Path) -> None:
    """What the receiver has safe is remembered, and not sent again; its word counts on the next connection."""
    first = message("c1", accept="AL", application="AL")

    def script(call: Call) -> None:
        if call.control_id == "c1":
            call.say(answer(call.raw, "CA"))
        else:
            call.say(answer(first, "AA"), answer(call.raw, "AA"))

    with receiver(script) as ehr:
        destination(tmp_path, ehr.port)
        with carrying(tmp_path) as outbound:
            number = outbound.put("ehr", first, "c1", of="")
            when(outbound, number, lambda told: told.reason is OutReason.awaiting_application)
        with carrying(tmp_path) as outbound:
            outbound.put("ehr", message("c2"), "c2", of="")
            assert settled(outbound, number).state is OutState.accepted
    assert [call.control_id for call in ehr.calls] == ["c1", "c2"]


def test_an_application_that_asks_whether_its_answer_is_safe_is_told(tmp_path: Path) -> None:
    """An answer with MSH-15 AL is a message like any: it gets its CA."""
    heard: list[str] = []
    done = threading.Event()

    def script(call: Call) -> None:
        header = read_header(call.raw)
        told = acknowledge(header, AckCode.AA, control_id="APP7", at=datetime(2026, 3, 1, tzinfo=UTC))
        call.say(b"\x0b" + told.replace(b"|P|2.4||||||", b"|P|2.4|||AL|||") + b"\x1c\r")
        code = read_acknowledgement(call.socket.recv(65536).strip(b"\x0b\x1c\r"))
        heard.extend((code.code, code.control_id))
        done.set()

    with receiver(script) as ehr:
        destination(tmp_path, ehr.port)
        with carrying(tmp_path) as outbound:
            assert (
                settled(outbound, outbound.put("ehr", message("c1", application="AL"), "c1", of="")).state == "accepted"
            )
            assert done.wait(60)
    assert heard == ["CA", "APP7"]


def test_one_destination_that_hangs_holds_up_no_other(tmp_path: Path) -> None:
    """Each has its own connection and its own queue."""
    with receiver(lambda _: None) as hung, receiver() as ehr:
        destination(tmp_path, hung.port, name="hung")
        destination(tmp_path, ehr.port)
        with carrying(tmp_path) as outbound:
            stuck = outbound.put("hung", message("c1"), "c1", of="")
            hung.next()
            assert settled(outbound, outbound.put("ehr", message("c1"), "c1", of="")).state is OutState.accepted
            assert outbound.entry(stuck).state is OutState.sent


def test_two_processes_do_not_carry_one_queue(tmp_path: Path) -> None:
    """Each would send what the other sends."""
    with receiver() as ehr:
        destination(tmp_path, ehr.port)
        with carrying(tmp_path):
            second = Outbound(tmp_path)
            with pytest.raises(CallerError) as refused:
                second.start()
            assert refused.value.remedy
            number = second.put("ehr", message("c1"), "c1", of="")  # putting is open to all; the one that carries looks
            assert settled(second, number).state is OutState.accepted
            second.stop()


def test_a_disk_that_fails_once_costs_a_repetition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be written down is not known: the message is sent again, and nothing stands still."""
    conclude, failed = Outbox.conclude, threading.Event()

    def failing(self: Outbox, number: int, verdict: Verdict, **more: Any) -> None:
        if not failed.is_set():
            failed.set()
            raise InternalError("no room")
        conclude(self, number, verdict, **more)

    monkeypatch.setattr(Outbox, "conclude", failing)
    monkeypatch.setattr(outbound_module, "_RESTART_S", 0.01)
    with receiver() as ehr:
        destination(tmp_path, ehr.port)
        with carrying(tmp_path) as outbound:
            told = settled(outbound, outbound.put("ehr", message("c1"), "c1", of=""))
    assert (told.state, told.attempts, told.doubts) == (OutState.accepted, 2, 1)
    assert [call.raw for call in ehr.calls] == [message("c1")] * 2


def test_what_was_on_the_wire_to_a_destination_that_is_no_more_is_seen(tmp_path: Path) -> None:
    """Its file was removed while the message had no answer: it is queued again, not for ever on its way."""
    outbox = Outbox(tmp_path / "outbound.db", lambda: datetime(2026, 3, 1, tzinfo=UTC))
    number = outbox.put("gone", message("c1"), "c1", "")
    outbox.sending(number)
    outbox.close()
    with carrying(tmp_path) as outbound:
        assert outbound.entry(number).reason is OutReason.interrupted


@pytest.mark.parametrize(
    ("raw", "control_id"),
    [
        (message("c1"), "c2"),
        (message("c1") + b"\x1c", "c1"),
        (message("c1").replace(b"PID", b"\x0bPID"), "c1"),
        (b"hello", "c1"),
        (b"", ""),
        (message("c1", accept="NE", application="NE"), "c1"),
        (message("c1", accept="ER", application="NE"), "c1"),
        (message("c1", value="9" * 100_000), "c1"),
    ],
)
def test_what_could_never_be_accounted_for_is_not_taken(tmp_path: Path, raw: bytes, control_id: str) -> None:
    """Another control id than it says, bytes that would break its frame, no answer asked for: told at once, without content."""
    destination(tmp_path, 1, "limit_bytes = 50000")
    outbound = Outbound(tmp_path)
    with pytest.raises(Unsendable) as refused:
        outbound.put("ehr", raw, control_id, of="Observation/1")
    with pytest.raises(NotFound):
        outbound.put("nobody", message("c1"), "c1", of="")
    assert refused.value.remedy
    assert "SECRETNAME" not in str(refused.value)
    assert outbound.entries() == ()
    outbound.stop()
