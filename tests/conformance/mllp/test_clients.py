"""Other people's clients talk to our listener: each gets an answer that its own parser understands."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hl7
import pytest
from hl7.client import MLLPClient

from conformance.mllp.others import needs_node_modules, run_client
from edge.intake.peers import Served, message, served

_READ: Any = hl7.parse  # it has no types of its own
_CLIENT: Any = MLLPClient


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Served]:
    """One link, listening."""
    with served(tmp_path) as links:
        yield links


def _journaled(running: Served) -> list[tuple[str, bytes]]:
    reader = running.reader()
    kept = [(one.control_id, reader.raw(one.seq)) for one in reversed(reader.entries(limit=100))]
    reader.close()
    return kept


def test_python_hl7_sends_and_is_answered(running: Served) -> None:
    """Its blocking client, several messages on one connection, as bytes, as text and as its own message."""
    one, two, three = (message(f"P{n}", person=n) for n in (1, 2, 3))
    with _CLIENT(*running.address) as client:
        heard = [client.send_message(given) for given in (one, two.decode(), _READ(three.decode()))]
    answers = [_READ(each.strip(b"\x0b\x1c\r").decode()) for each in heard]
    assert [(str(told["MSA.1"]), str(told["MSA.2"])) for told in answers] == [("AA", "P1"), ("AA", "P2"), ("AA", "P3")]
    assert [str(told["MSH.9.1"]) for told in answers] == ["ACK"] * 3
    assert _journaled(running)[:2] == [("P1", one), ("P2", two)]


def test_python_hl7_sending_the_same_again_gets_the_same_answer(running: Served) -> None:
    """A client that lost its answer is told what it would have been told."""
    with _CLIENT(*running.address) as client:
        first, again = (client.send_message(message("P1")) for _ in range(2))
    assert first == again


@needs_node_modules
@pytest.mark.parametrize("library", ["medplum", "node-hl7-client"])
def test_a_javascript_client_sends_and_is_answered(running: Served, library: str) -> None:
    """`@medplum/hl7` and `node-hl7-client`, letters beyond ASCII included: answered, and journaled as they were sent."""
    texts = [message(f"J{n}", person=n).decode().replace("TOWN", "ŁÓDŹ").rstrip("\r") for n in range(1, 6)]
    assert run_client(library, running.address, texts) == [{"code": "AA", "control_id": f"J{n}"} for n in range(1, 6)]
    kept = _journaled(running)
    assert [control_id for control_id, _ in kept] == [f"J{n}" for n in range(1, 6)]
    assert [raw.decode().rstrip("\r") for _, raw in kept] == texts
