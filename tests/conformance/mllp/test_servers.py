"""Our sender talks to other people's servers: what they read is what was written, and their answers are understood."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hl7.mllp import start_hl7_server

from conformance.mllp.others import javascript_server, needs_node_modules
from edge.out.receivers import carrying, destination, message, settled
from tabard.link import send
from tabard.link.out import OutReason, OutState

_SERVE: Any = start_hl7_server  # it has no types of its own


class PythonHl7Server:
    """python-hl7's asyncio server in a thread: answers with what its own `create_ack` makes, of the code that is next."""

    def __init__(self, codes: list[str]) -> None:
        self.read: list[str] = []
        self.address = ("127.0.0.1", 0)
        self._codes = codes
        self._loop = asyncio.new_event_loop()
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),), daemon=True)
        self._thread.start()
        assert self._listening.wait(60)

    def close(self) -> None:
        """Hang up and end."""
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(60)
        self._loop.close()

    async def _serve(self) -> None:
        self._over = asyncio.Event()
        self._writers: list[Any] = []
        server = await _SERVE(self._talk, "127.0.0.1", 0, encoding="utf-8")
        self.address = server.sockets[0].getsockname()[:2]
        self._listening.set()
        await self._over.wait()
        server.close()
        for writer in self._writers:
            writer.close()
        await asyncio.sleep(0.05)

    async def _talk(self, reader: Any, writer: Any) -> None:
        self._writers.append(writer)
        try:
            while True:
                heard = await reader.readmessage()
                self.read.append(str(heard))
                writer.writemessage(heard.create_ack(self._codes.pop(0) if self._codes else "AA"))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


@contextmanager
def _python_hl7(*codes: str) -> Iterator[PythonHl7Server]:
    server = PythonHl7Server(list(codes))
    try:
        yield server
    finally:
        server.close()


def test_python_hl7_reads_what_we_send_and_its_answer_is_ours(tmp_path: Path) -> None:
    """Each message accepted by the acknowledgement that the library itself makes."""
    with _python_hl7() as server:
        destination(tmp_path, server.address[1])
        with carrying(tmp_path) as outbound:
            numbers = [outbound.put("ehr", message(f"c{n}"), f"c{n}", of=f"Observation/{n}") for n in range(5)]
            told = [settled(outbound, number) for number in numbers]
            assert outbound.states()[0].strays == 0
    assert [(one.state, one.code) for one in told] == [(OutState.accepted, "AA")] * 5
    assert [text.rstrip("\r") for text in server.read] == [message(f"c{n}").decode().rstrip("\r") for n in range(5)]


def test_python_hl7s_refusals_are_understood(tmp_path: Path) -> None:
    """AE is tried again with the same bytes, AR is final."""
    with _python_hl7("AE", "AA", "AR") as server:
        destination(tmp_path, server.address[1])
        with carrying(tmp_path) as outbound:
            again, refused = (outbound.put("ehr", message(f"c{n}"), f"c{n}", of="") for n in (1, 2))
            assert (settled(outbound, again).state, outbound.entry(again).attempts) == (OutState.accepted, 2)
            told = settled(outbound, refused)
    assert (told.state, told.reason) == (OutState.rejected, OutReason.refused)
    assert server.read[0] == server.read[1]


def test_the_client_for_trying_out_talks_to_python_hl7() -> None:
    """`tabard link send` to somebody else's server."""
    with _python_hl7("AA", "AE") as server:
        answers = list(send([message("c1"), message("c2")], *server.address))
    assert [(one.control_id, one.code, one.is_taken) for one in answers] == [("c1", "AA", True), ("c2", "AE", False)]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


@needs_node_modules
@pytest.mark.parametrize("mode", ["original", "enhanced"])
def test_a_javascript_server_reads_what_we_send(tmp_path: Path, mode: str) -> None:
    """`@medplum/hl7`, in the original mode with one answer, in the enhanced with CA and then its application's AA."""
    asked = "AL" if mode == "enhanced" else ""
    port = _free_port()
    with javascript_server(mode, port) as server:
        destination(tmp_path, port)
        with carrying(tmp_path) as outbound:
            raw = [message(f"c{n}", accept=asked, application=asked) for n in range(3)]
            numbers = [outbound.put("ehr", one, f"c{n}", of="") for n, one in enumerate(raw)]
            told = [settled(outbound, number) for number in numbers]
            read = [server.message() for _ in raw]
            assert outbound.states()[0].strays == 0
    assert [(one.state, one.code, one.attempts) for one in told] == [(OutState.accepted, "AA", 1)] * 3
    assert [text.rstrip("\r") for text in read] == [one.decode().rstrip("\r") for one in raw]
