"""The audit: durable before it is told, chained, and honest when it cannot write."""

import asyncio
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest

from tabard.audit import AuditEvent, AuditLog, AuditUnavailable, Outcome, read, verify
from tabard.audit.chain import Head
from tabard.audit.file import ChainFile
from tabard.ground.time import Clock

NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


def an_event(number: int = 0) -> AuditEvent:
    return AuditEvent(NOW, "read", Outcome.granted, person="p1", client="board", resource=f"Patient/{number}")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[AuditLog]:
    log = AuditLog(tmp_path / "audit", lambda: NOW)
    yield log
    log.close()


def write(log: AuditLog, count: int) -> None:
    for done in [log.write(an_event(number)) for number in range(count)]:
        done.result(5)


def chains(folder: Path) -> list[Path]:
    return sorted((folder / "audit").glob("*.ndjson"))


def test_what_was_written_is_read_back_in_order_and_the_chain_is_whole(log: AuditLog, tmp_path: Path) -> None:
    """Every event once, oldest first, one chain a run."""
    write(log, 50)
    verdict = verify(tmp_path / "audit")
    assert (verdict.chains, verdict.events, verdict.is_intact) == (1, 50, True)
    assert [event["resource"] for event in read(tmp_path / "audit")] == [f"Patient/{n}" for n in range(50)]
    assert list(read(tmp_path / "audit", person="somebody else")) == []


def test_a_future_is_done_only_when_the_line_is_on_the_disk(log: AuditLog, tmp_path: Path) -> None:
    """Whoever was told can read the line from the file."""
    log.write(an_event(7)).result(5)
    assert json.loads(chains(tmp_path)[0].read_bytes().splitlines()[-1])["event"]["resource"] == "Patient/7"


def test_a_loop_is_told_as_a_thread_is(log: AuditLog) -> None:
    """A coroutine awaits the same promise."""

    async def write_many() -> None:
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(log.written(an_event(number), loop) for number in range(100)))

    asyncio.run(write_many())
    assert log.head.lines == 101


@pytest.mark.parametrize(
    "tamper",
    [
        lambda lines: [*lines[:3], lines[3].replace(b"Patient/2", b"Patient/9"), *lines[4:]],
        lambda lines: [*lines[:3], *lines[4:]],
        lambda lines: [*lines[:3], lines[2], *lines[3:]],
        lambda lines: [*lines[:3], lines[4], lines[3], *lines[5:]],
        lambda lines: lines[1:],
        lambda lines: [*lines[:3], b"not json", *lines[4:]],
    ],
    ids=["changed", "removed", "repeated", "swapped", "beheaded", "overwritten"],
)
def test_tampering_is_seen(log: AuditLog, tmp_path: Path, tamper: Callable[[list[bytes]], list[bytes]]) -> None:
    """A line changed, removed, added or moved is found by `verify`."""
    write(log, 10)
    path = chains(tmp_path)[0]
    path.write_bytes(b"\n".join(tamper(path.read_bytes().splitlines())) + b"\n")
    assert not verify(tmp_path / "audit").is_intact


def test_a_missing_or_shortened_earlier_file_is_seen(tmp_path: Path) -> None:
    """Each run's chain names the end of the one before it."""
    for _ in range(3):
        log = AuditLog(tmp_path / "audit", lambda: NOW)
        write(log, 3)
        log.close()
    assert verify(tmp_path / "audit").is_intact
    middle = chains(tmp_path)[1]
    whole = middle.read_bytes()
    middle.write_bytes(b"".join(whole.splitlines(keepends=True)[:-1]))
    assert not verify(tmp_path / "audit").is_intact
    middle.unlink()
    assert not verify(tmp_path / "audit").is_intact


def test_a_line_torn_by_a_crash_is_told_apart_from_tampering(log: AuditLog, tmp_path: Path) -> None:
    """Nobody was answered on an unfinished line; the next run follows the last whole one."""
    write(log, 2)
    log.close()
    with chains(tmp_path)[0].open("ab") as file:
        file.write(b'{"n":3,"bef')
    AuditLog(tmp_path / "audit", lambda: NOW).close()
    verdict = verify(tmp_path / "audit")
    assert verdict.is_intact
    assert verdict.torn == (chains(tmp_path)[0].name,)


class FullDisk(ChainFile):
    """A disk that is full for as long as `is_full` says."""

    is_full = False

    def append(self, lines: bytes) -> None:
        """Write a part, then fail, while the disk is full."""
        if FullDisk.is_full:
            os.write(self._handle, lines[:20])
            raise OSError(28, "No space left on device")
        super().append(lines)


def open_full_disk(folder: Path, clock: Clock, previous: tuple[str, Head] | None) -> ChainFile:
    return FullDisk(folder, clock, previous)


def test_a_write_that_fails_is_told_and_the_next_one_begins_a_new_chain(tmp_path: Path) -> None:
    """Fail closed, then go on without a restart; both chains verify."""
    log = AuditLog(tmp_path / "audit", lambda: NOW, open_full_disk)
    write(log, 2)
    FullDisk.is_full = True
    try:
        for _ in range(2):
            with pytest.raises(AuditUnavailable):
                log.write(an_event()).result(5)
    finally:
        FullDisk.is_full = False
    write(log, 2)
    log.close()
    assert verify(tmp_path / "audit").is_intact
    assert len(list(read(tmp_path / "audit"))) == 4


def test_a_closed_audit_refuses(log: AuditLog) -> None:
    """Nothing is taken that nobody will write."""
    log.close()
    with pytest.raises(AuditUnavailable):
        log.write(an_event()).result(5)

    async def write_one() -> None:
        await log.written(an_event(), asyncio.get_running_loop())

    with pytest.raises(AuditUnavailable):
        asyncio.run(write_one())


class SlowToClose(ChainFile):
    """A file whose closing takes a while, and that counts how often it was closed."""

    closed = 0

    def close(self) -> None:
        """Close it once; anything else is counted alone: the number of its descriptor may be another file's by then."""
        type(self).closed += 1
        Event().wait(0.2)
        if type(self).closed == 1:
            super().close()


def test_closed_by_several_at_once_it_lets_its_file_go_once(tmp_path: Path) -> None:
    """A second close of one descriptor would close whatever has its number by then."""
    SlowToClose.closed = 0
    log = AuditLog(tmp_path / "audit", lambda: NOW, SlowToClose)
    write(log, 3)
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(log.close) for _ in range(4)]:
            done.result(20)
    assert SlowToClose.closed == 1


class GivenUp(Future[None]):
    """A promise whose waiter goes away between the look whether somebody waits and the word."""

    def done(self) -> bool:
        """Nobody has gone yet, and then somebody has."""
        self.cancel()
        return False


def test_a_waiter_that_goes_away_takes_nobody_with_it(log: AuditLog) -> None:
    """At whatever moment: the thread that writes lives on, and the others of the group are told."""
    left, stays = GivenUp(), Future[None]()
    left.cancel()
    log._put([an_event(1), an_event(2)], [left, stays], None)
    assert stays.result(5) is None
    write(log, 2)


def test_lines_chained_behind_a_failed_group_fail_with_it(tmp_path: Path) -> None:
    """What was chained to a line that never became durable is told as failed too, and is in no chain."""
    log = AuditLog(tmp_path / "audit", lambda: NOW, open_full_disk)
    FullDisk.is_full = True
    try:
        waiting = [log.write(an_event(number)) for number in range(200)]
        for done in waiting:
            with pytest.raises(AuditUnavailable):
                done.result(5)
    finally:
        FullDisk.is_full = False
    write(log, 3)
    log.close()
    assert verify(tmp_path / "audit").is_intact
    assert [event["resource"] for event in read(tmp_path / "audit")] == [f"Patient/{n}" for n in range(3)]


def test_threads_and_loops_share_one_chain(log: AuditLog, tmp_path: Path) -> None:
    """Many writers at once: every event once, one whole chain."""

    def from_a_thread(start: int) -> None:
        for number in range(start, start + 50):
            log.write(an_event(number)).result(5)

    async def from_a_loop(start: int) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(log.written(an_event(number), loop) for number in range(start, start + 50)))

    with ThreadPoolExecutor(4) as pool:
        jobs: list[Future[None]] = [pool.submit(from_a_thread, 0), pool.submit(from_a_thread, 50)]
        jobs += [pool.submit(asyncio.run, from_a_loop(100)), pool.submit(asyncio.run, from_a_loop(150))]
        for job in jobs:
            job.result(30)
    assert verify(tmp_path / "audit").is_intact
    found = [event["resource"] for event in read(tmp_path / "audit")]
    assert sorted(found) == sorted(f"Patient/{number}" for number in range(200))
