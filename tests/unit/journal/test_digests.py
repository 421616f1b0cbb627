"""A digest is made when it is asked for: until then the content stands for it, and when that goes the digest stays."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tabard.journal import JournalWriter, Mark, NewRow, Outcome, State, digest_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOON_US = int(NOON.timestamp() * 1_000_000)


def message(body: str, *, time: str = "1") -> bytes:
    return f"MSH|^~\\&|A|B|C|D|{time}||ADT^A01|C1|P|2.4\rPID|{body}\r".encode()


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[JournalWriter]:
    """A journal that holds one new message, C1, filed as an intake files new ones."""
    journal = JournalWriter(tmp_path / "journal.db")
    raw = message("one")
    row: NewRow = (1, "pas", NOON_US, "127.0.0.1:1", "C1", "A|B", "ADT^A01", len(raw), "AA", raw)
    journal.append_new([row], {"pas": ["C1"]}, {"pas": [1]})
    journal.commit()
    yield journal
    journal.close()


def is_same(journal: JournalWriter, raw: bytes) -> bool:
    found = journal.remembered("pas", "C1", digest_of(raw))
    assert found is not None
    return found.is_same


def test_the_same_again_is_known_by_the_content_kept(writer: JournalWriter) -> None:
    """MSH-7 may differ; anything else makes it another message."""
    assert is_same(writer, message("one"))
    assert is_same(writer, message("one", time="20260301"))
    assert not is_same(writer, message("two"))


def test_the_same_again_is_known_when_its_content_is_gone(writer: JournalWriter) -> None:
    """Retention takes the content and leaves what tells a message from another."""
    writer.mark(Mark(1, Outcome(State.applied), NOON))
    writer.commit()
    assert writer.prune(NOON + timedelta(days=1))
    writer.commit()
    assert is_same(writer, message("one", time="3"))
    assert not is_same(writer, message("two"))


def test_one_that_passed_retention_while_it_waited_is_known_too(writer: JournalWriter) -> None:
    """Its content goes with the first step after it is settled; it is known all the same."""
    later = NOON + timedelta(days=1)
    writer.prune(later)
    writer.mark(Mark(1, Outcome(State.applied), NOON))
    writer.commit()
    assert writer.prune(later)
    writer.commit()
    assert is_same(writer, message("one"))
    assert not is_same(writer, message("two"))
