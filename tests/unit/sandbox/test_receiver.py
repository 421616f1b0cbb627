"""A pretend record system that takes messages answers as it is told to, and keeps all it hears."""

import socket
from collections.abc import Iterator

import pytest

from tabard.sandbox import Manner, PretendReceiver

MESSAGE = "MSH|^~\\&|TABARD|RXX|EHR|EHR|20260702||ORU^R01|{}|P|2.4\rPID|1\r"


@pytest.fixture
def there() -> Iterator[PretendReceiver]:
    receiver = PretendReceiver()
    receiver.start()
    yield receiver
    receiver.close()


def ask(receiver: PretendReceiver, control_id: str = "C1", wait_s: float = 20.0) -> list[tuple[str, str]]:
    """MSA-1 and MSA-2 of all that is answered until the line is quiet after a second message."""
    with socket.create_connection(("127.0.0.1", receiver.port), timeout=wait_s) as line:
        for one in (control_id, "LAST"):
            line.sendall(b"\x0b" + MESSAGE.format(one).encode() + b"\x1c\r")
        heard = b""
        while b"|LAST\r" not in heard:
            chunk = line.recv(65536)
            if not chunk:
                break
            heard += chunk
    found = [row.split("|") for row in heard.decode().split("\r") if row.startswith("MSA|")]
    return [(row[1], row[2]) for row in found if row[-1] != "LAST"]


@pytest.mark.parametrize(
    ("manner", "answers"),
    [
        (Manner.accept, [("AA", "C1")]),
        (Manner.commit, [("CA", "C1")]),
        (Manner.commit_then_accept, [("CA", "C1"), ("AA", "C1")]),
        (Manner.error, [("AE", "C1")]),
        (Manner.commit_error, [("CE", "C1")]),
        (Manner.reject, [("AR", "C1")]),
        (Manner.commit_reject, [("CR", "C1")]),
        (Manner.stray, [("AA", "NEVER-SENT"), ("AA", "C1")]),
        (Manner.mistaken, [("AA", "NEVER-SENT")]),
        (Manner.late, [("AA", "C1")]),
        (Manner.silent, []),
        (Manner.garbled, []),
    ],
)
def test_each_manner_answers_so(there: PretendReceiver, manner: Manner, answers: list[tuple[str, str]]) -> None:
    """The codes, in order, and the next message is answered well."""
    there.order(manner, delay_s=0.01)
    assert ask(there) == answers
    assert there.heard == [MESSAGE.format(one).encode() for one in ("C1", "LAST")]


@pytest.mark.parametrize("manner", [Manner.half, Manner.cut])
def test_a_line_that_ends_gives_no_whole_answer(there: PretendReceiver, manner: Manner) -> None:
    """The message was kept; the sender cannot know."""
    there.order(manner)
    with socket.create_connection(("127.0.0.1", there.port), timeout=20) as line:
        line.sendall(b"\x0b" + MESSAGE.format("C1").encode() + b"\x1c\r")
        heard = b""
        while chunk := line.recv(65536):
            heard += chunk
    assert b"\x1c\r" not in heard
    assert len(there.heard) == 1


def test_what_was_ordered_can_be_taken_back(there: PretendReceiver) -> None:
    """0 times means no more of any."""
    there.order("reject", 5)
    there.order("reject", 0)
    assert ask(there) == [("AA", "C1")]
