"""Answers in every mode, and whether they reached who waited for them."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge.intake.peers import TIMEOUT_S, CountingApplier, Peer, Served, message, served, told
from tabard.ground.time import system_clock
from tabard.hl7v2 import wrap
from tabard.journal import AckState, Mark, Outcome, State, Waiting

PARKED = Outcome(State.parked, "unknown_patient", "nobody has this number", "admit the patient first")


class Gated(CountingApplier):
    """Applies nothing before it is let; parks messages of person 13."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()

    def apply(self, messages: Sequence[Waiting]) -> Sequence[Mark]:
        """All applied, or parked."""
        self.gate.wait(TIMEOUT_S)
        return [
            Mark(one.seq, PARKED if b"M000013" in one.raw else Outcome(State.applied), system_clock())
            for one in messages
        ]


def enhanced(control_id: str, accept: str, application: str, *, person: int = 1) -> bytes:
    """A message whose MSH-15 and MSH-16 ask for answers."""
    return message(control_id, person=person).replace(
        b"|P|2.4|||||GBR", f"|P|2.4|||{accept}|{application}|GBR".encode()
    )


@contextmanager
def gated(folder: Path, **limits: float | str) -> Iterator[tuple[Served, Gated]]:
    """Links whose applier waits."""
    applier = Gated()
    with served(folder, applier=applier, **limits) as running:
        try:
            yield running, applier
        finally:
            applier.gate.set()


def until(check: Callable[[], bool]) -> None:
    """Wait for what will be so in a moment."""
    waiting = threading.Event()
    for _ in range(int(TIMEOUT_S * 100)):
        if check():
            return
        waiting.wait(0.01)
    raise AssertionError("it did not come about")


def nothing_more(peer: Peer) -> bool:
    """Whether the connection is open and has brought nothing."""
    peer.socket.setblocking(False)
    try:
        return peer.socket.recv(1) == b"never"
    except BlockingIOError:
        return True
    finally:
        peer.socket.settimeout(TIMEOUT_S)


def test_the_enhanced_mode_has_two_answers(tmp_path: Path) -> None:
    """CA when the message is safe, AA on the same connection when it is applied; the journal holds both ways."""
    with gated(tmp_path) as (running, applier):
        peer = running.peer()
        assert peer.ask(enhanced("a", "AL", "AL")) == ("CA", "a")
        assert running.reader().entry(1).ack_state is AckState.pending
        applier.gate.set()
        assert told(peer.answer()) == ("AA", "a")
        until(lambda: running.reader().entry(1).ack_state is AckState.delivered)
        assert running.reader().entry(1).ack_code == "AA"


def test_who_asks_for_the_application_is_told_of_parking(tmp_path: Path) -> None:
    """With MSH-16 a parked message is AE with its reason's code, after CA: the sender asked, and its feed is not stopped."""
    with gated(tmp_path) as (running, applier):
        peer = running.peer()
        applier.gate.set()
        assert peer.ask(enhanced("a", "AL", "ER", person=13)) == ("CA", "a")
        answer = peer.answer()
        assert told(answer) == ("AE", "a")
        assert b"unknown_patient" in answer
        assert peer.ask(enhanced("b", "AL", "ER")) == ("CA", "b")
        until(lambda: running.reader().counts()["applied"] == 1)
        assert nothing_more(peer)


@pytest.mark.parametrize("conditions", [("NE", "NE"), ("ER", "NE"), ("NE", "")])
def test_who_asks_for_nothing_gets_nothing(tmp_path: Path, conditions: tuple[str, str]) -> None:
    """Where MSH-15 says so, a message that is taken is not answered, and none is owed."""
    with served(tmp_path) as running:
        peer = running.peer()
        peer.send(wrap(enhanced("quiet", *conditions)))
        assert peer.ask(message("loud")) == ("AA", "loud")
        assert running.reader().entry(1).ack_state is AckState.not_owed
        assert running.reader().entry(1).state in {State.waiting, State.applied}


def test_a_duplicate_in_the_enhanced_mode_gets_both_answers_again(tmp_path: Path) -> None:
    """The same message again, before and after it is applied, gets the same CA and AA, byte for byte, and one effect."""
    with gated(tmp_path) as (running, applier):
        one, other = running.peer(), running.peer()
        one.send(wrap(enhanced("a", "AL", "AL")))
        first = one.answer()
        other.send(wrap(enhanced("a", "AL", "AL")))
        assert other.answer() == first
        applier.gate.set()
        applied = one.answer()
        assert told(applied) == told(other.answer()) == ("AA", "a")
        until(lambda: running.reader().entry(1).ack_state is AckState.delivered)
        other.send(wrap(enhanced("a", "AL", "AL")))
        assert [other.answer(), other.answer()] == [first, applied]
        assert running.reader().counts()["duplicate"] == 2


def test_a_link_may_answer_once_the_message_is_applied(tmp_path: Path) -> None:
    """With `acknowledge = "applied"` AA means that the record has it; a parked message is AA too, and says that it is kept."""
    with gated(tmp_path, acknowledge="applied") as (running, applier):
        peer = running.peer()
        peer.send(wrap(message("a")) + wrap(message("b", person=13)))
        until(lambda: running.reader().counts()["received"] == 2)
        assert nothing_more(peer)
        applier.gate.set()
        assert told(peer.answer()) == ("AA", "a")
        parked = peer.answer()
        assert told(parked) == ("AA", "b")
        assert b"kept for a person: unknown_patient" in parked


def test_a_sender_that_ends_its_half_still_gets_what_is_owed_later(tmp_path: Path) -> None:
    """A connection is kept open for the answers that wait for their messages to be applied."""
    with gated(tmp_path) as (running, applier):
        peer = running.peer()
        peer.send(wrap(enhanced("a", "AL", "AL")))
        peer.socket.shutdown(socket.SHUT_WR)
        assert told(peer.answer()) == ("CA", "a")
        applier.gate.set()
        assert told(peer.answer()) == ("AA", "a")
        assert peer.is_closed()


def test_an_answer_that_nobody_was_there_for_is_undelivered(tmp_path: Path) -> None:
    """A sender gone before its later answer leaves the message applied and the answer undelivered; sent again, it is answered."""
    with gated(tmp_path) as (running, applier):
        peer = running.peer()
        assert peer.ask(enhanced("a", "AL", "AL")) == ("CA", "a")
        peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        peer.close()
        until(lambda: running.links.feeds()[0].connections == 0)
        applier.gate.set()
        until(lambda: running.reader().entry(1).ack_state is AckState.undelivered)
        assert running.reader().entry(1).state is State.applied
        again = running.peer()
        assert again.ask(enhanced("a", "AL", "AL")) == ("CA", "a")
        assert told(again.answer()) == ("AA", "a")


def test_answers_that_are_taken_are_delivered(tmp_path: Path) -> None:
    """In the usual case the journal soon says that the answer left, without a commit of its own for each message."""
    with served(tmp_path) as running:
        peer = running.peer()
        for n in range(5):
            peer.ask(message(f"n{n}"))
        until(lambda: {line.ack_state for line in running.reader().entries()} == {AckState.delivered})


def test_refusals_are_in_the_senders_mode(tmp_path: Path) -> None:
    """A frame that does not end is CR to who speaks the enhanced mode, and nothing to who wants none."""
    with served(tmp_path) as running:
        peer = running.peer()
        peer.send(wrap(enhanced("cut", "AL", "NE"))[:-20] + wrap(message("next")))
        assert told(peer.answer()) == ("CR", "cut")
        assert told(peer.answer()) == ("AA", "next")
        peer.send(wrap(enhanced("mute", "NE", "NE"))[:-20] + wrap(message("last")))
        assert told(peer.answer()) == ("AA", "last")
