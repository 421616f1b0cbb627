"""A release that the record made and the journal could not write is not lost."""

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from tabard.journal import JournalFault, Mark, Outcome, State, Waiting
from tabard.link.applying import ApplyingThread
from tabard.link.claims import Claims
from unit.link.a_feed import begun, fill

NOW = datetime(2026, 3, 1, 20, tzinfo=UTC)
KEY = b"k" * 16


class Once:
    """An applier whose record lets go of a key with the first message, and knows nothing of it afterwards."""

    def __init__(self) -> None:
        self._releases: tuple[bytes, ...] = (KEY,)

    def apply(self, messages: Sequence[Waiting]) -> tuple[Mark, ...]:
        """All are applied."""
        releases, self._releases = self._releases, ()
        return tuple(Mark(one.seq, Outcome(State.applied), NOW, releases=releases) for one in messages)

    def close(self) -> None:
        """Nothing is open."""


def test_a_release_goes_with_the_marks_that_are_written(tmp_path: Path) -> None:
    """The disk is full as the marks are written; the message is given again, and with its mark goes what it released."""
    fill(begun(tmp_path), b"MSH|^~\\&|a|b|c|d|1||ADT^A01|1|P|2.4\r")
    written: list[Sequence[Mark]] = []
    is_written = Event()

    def put(marks: Sequence[Mark]) -> Future[None]:
        done: Future[None] = Future()
        written.append(marks)
        if len(written) == 1:
            done.set_exception(JournalFault("the journal could not write"))
        else:
            done.set_result(None)
            is_written.set()
        return done

    claims = Claims()
    thread = ApplyingThread(tmp_path / "journal.db", Once, claims, put)
    thread.start()
    try:
        claims.add("pas", [1])
        assert is_written.wait(60)
    finally:
        thread.stop()
    assert [mark.releases for marks in written for mark in marks] == [(KEY,), (KEY,)]
