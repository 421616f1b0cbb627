"""The audit kept while a hospital is served: signed, copied off, indexed; over real sockets, and after kill -9."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import ClassVar

import httpx
import pytest

from tabard.audit import Asked, AuditEvent, AuditLog, Index, Keeper, Outcome, Search, Settings, read, verify_with_heads
from tabard.audit.copying import MOST_BYTES, Copying, to_address, to_file
from tabard.audit.signing import Heads, key_of
from tabard.ground.errors import PeerError

NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
WAIT_S = 60


def an_event(number: int = 0) -> AuditEvent:
    return AuditEvent(NOW, "read", Outcome.granted, person="p1", resource=f"Patient/{number}")


class Taking(BaseHTTPRequestHandler):
    """An address that takes heads, or answers what a test says."""

    got: ClassVar[list[bytes]] = []
    tokens: ClassVar[list[str | None]] = []
    came: ClassVar[Event] = Event()
    answers: ClassVar[int] = 204

    def do_POST(self) -> None:
        """Take what is posted."""
        body = self.rfile.read(int(self.headers["content-length"]))
        self.tokens.append(self.headers["authorization"])
        if self.answers == 204:
            self.got.append(body)
        self.send_response(self.answers)
        self.send_header("location", "/elsewhere")
        self.send_header("content-length", "0")
        self.end_headers()
        if self.answers == 204:
            self.came.set()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def taking(answers: int = 204) -> Iterator[str]:
    """The address of something that takes heads."""
    Taking.got, Taking.tokens, Taking.answers = [], [], answers
    Taking.came.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/heads"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[AuditLog]:
    (tmp_path / "keys").mkdir()
    log = AuditLog(tmp_path / "audit", lambda: NOW)
    yield log
    log.close()


def test_kept_from_start_to_end(log: AuditLog, tmp_path: Path) -> None:
    """What was written is signed, is in the copy at the trust's address and in the file elsewhere, and is found."""
    elsewhere = tmp_path / "elsewhere.jsonl"
    (tmp_path / "keys" / "audit-heads.token").write_text("shh\n")
    with taking() as url:
        settings = Settings(elsewhere, url)
        with Keeper(tmp_path / "audit", tmp_path / "keys", log, lambda: NOW, settings, sign_s=0.05) as keeper:
            log.write(an_event()).result(WAIT_S)
            assert Taking.came.wait(WAIT_S)
            assert [entry.event for entry in keeper.search.find(Asked(patient="0")).entries] == [an_event()]
        sent = b"".join(Taking.got)
    heads = (tmp_path / "audit" / "heads.jsonl").read_bytes()
    assert heads == sent == elsewhere.read_bytes()
    assert set(Taking.tokens) == {"Bearer shh"}
    verdict = verify_with_heads(tmp_path / "audit", (elsewhere,))
    assert (verdict.problems, verdict.events) == ((), 1)


@pytest.mark.parametrize("status", [301, 307, 400, 500])
def test_what_an_address_does_not_take_is_kept_and_sent_again(log: AuditLog, tmp_path: Path, status: int) -> None:
    """Nothing is lost and no redirect followed; once it takes, it gets all, once."""
    Heads(tmp_path / "audit", key_of(tmp_path / "keys"), lambda: NOW, log.own).sign()
    with httpx.Client(trust_env=False) as client, taking(status) as url:
        copying = Copying(tmp_path / "audit", "url", url, to_address(url, None, client))
        for _ in range(2):
            with pytest.raises(PeerError):
                copying.copy()
        assert (len(Taking.tokens), Taking.got) == (2, [])
        Taking.answers = 204
        assert copying.copy() > 0
        assert copying.copy() == 0
        assert b"".join(Taking.got) == (tmp_path / "audit" / "heads.jsonl").read_bytes()


def test_nobody_there_is_told_and_waited_for_no_longer(log: AuditLog, tmp_path: Path) -> None:
    """A closed port raises PeerError, and keeps the mark where it was."""
    Heads(tmp_path / "audit", key_of(tmp_path / "keys"), lambda: NOW, log.own).sign()
    with taking() as url:
        pass
    with httpx.Client(trust_env=False) as client, pytest.raises(PeerError):
        Copying(tmp_path / "audit", "url", url, to_address(url, None, client)).copy()


def test_copies_come_in_bounded_parts(tmp_path: Path) -> None:
    """However much has gathered: whole lines, no more than the bound at once, all of it in the end."""
    heads, elsewhere = tmp_path / "heads.jsonl", tmp_path / "copy"
    heads.write_bytes(b"".join(b'{"n":%d}\n' % number for number in range(60_000)) + b'{"torn"')
    copying = Copying(tmp_path, "file", str(elsewhere), to_file(elsewhere))
    sizes = []
    while size := copying.copy():
        sizes.append(size)
    assert len(sizes) > 1
    assert max(sizes) <= MOST_BYTES
    assert elsewhere.read_bytes() == heads.read_bytes().removesuffix(b'{"torn"')


_CHILD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from tabard.audit import AuditEvent, AuditLog, Keeper, Outcome
folder, now = Path(sys.argv[1]), datetime(2026, 3, 1, tzinfo=UTC)
log = AuditLog(folder / "audit", lambda: now)
with Keeper(folder / "audit", folder / "keys", log, lambda: now, sign_s=0.01):
    number = 0
    while True:
        log.write(AuditEvent(now, "read", Outcome.granted, resource=f"Patient/{sys.argv[2]}-{number}")).result()
        print(number, flush=True)  # the answer: given only when the audit has it
        number += 1
"""


def test_nothing_is_answered_that_is_not_in_the_audit_whenever_it_is_killed(tmp_path: Path) -> None:
    """After each kill -9 every answer that left is in the audit, the chains and heads are whole, and the index catches up."""
    (tmp_path / "keys").mkdir()
    answered: set[str] = set()
    for run in range(5):
        with subprocess.Popen(  # noqa: S603  our own code
            [sys.executable, "-c", _CHILD, str(tmp_path), str(run)], stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            answered |= {f"Patient/{run}-{child.stdout.readline().strip()}" for _ in range(20 + run * 37)}
            os.kill(child.pid, signal.SIGKILL)
            answered |= {f"Patient/{run}-{line.strip()}" for line in child.stdout if line.endswith("\n")}
    audited = {event["resource"] for event in read(tmp_path / "audit")}
    assert answered
    assert answered <= audited
    assert len(audited - answered) <= 5 * 2  # what was written down and died before it was answered
    assert verify_with_heads(tmp_path / "audit").problems == ()
    index = Index(tmp_path / "audit")
    try:
        told = Search(tmp_path / "audit", index).find(Asked(), 1000)
    finally:
        index.close()
    assert {entry.event.resource for entry in told.entries if entry.event} <= audited
    assert told.progress.events == len(audited)
    assert told.progress.is_whole


def test_heads_are_json_a_line(log: AuditLog, tmp_path: Path) -> None:
    """Whoever gets a copy can read it with any tool."""
    Heads(tmp_path / "audit", key_of(tmp_path / "keys"), lambda: NOW, log.own).sign()
    (line,) = (tmp_path / "audit" / "heads.jsonl").read_text().splitlines()
    told = json.loads(line)["signed"]
    assert (told["n"], told["chains"][0][1], len(told["chains"][0][2])) == (0, 1, 64)
