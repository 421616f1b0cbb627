"""The journal's file from one version to the next: a hospital's messages are never lost by an upgrade."""

from datetime import UTC, datetime
from pathlib import Path

from tabard.database import connect, migrate
from tabard.journal import AckState, JournalReader, JournalWriter, Mark, Outcome, State
from tabard.journal.tables import STEPS

NOON_US = 1_772_366_400_000_000
ROW = "INSERT INTO message VALUES (?, 'lorenzo', ?, '127.0.0.1:9', ?, 'L|R', 'ADT^A01', ?, 4, '', 'AA', ?, NULL, ?)"


def first_version(path: Path) -> None:
    """A journal as the first release wrote it: one applied, one parked, two that wait."""
    connection = connect(path)
    migrate(connection, STEPS[:1])
    for seq in range(1, 5):
        connection.execute(ROW, (seq, NOON_US + seq, f"C{seq}", b"digest", b"ACK", b"MSH%d" % seq))
    connection.execute("INSERT INTO mark VALUES (1, 'applied', NULL, NULL, NULL, 'bad-date', ?)", (NOON_US,))
    connection.execute("INSERT INTO mark VALUES (2, 'parked', 'why', 'because', 'do this', '', ?)", (NOON_US,))
    connection.execute("INSERT INTO tally VALUES ('lorenzo', 4, 2, 1, 1, 0, 0, ?)", (NOON_US,))
    connection.execute("UPDATE progress SET settled_to = 2")
    connection.close()


def test_a_journal_of_the_first_version_is_taken_up(tmp_path: Path) -> None:
    """Opened by the newer one it holds the same messages in the same states, waits for the same ones, and goes on."""
    path = tmp_path / "journal.db"
    first_version(path)
    writer, reader = JournalWriter(path), JournalReader(path)
    assert [one.seq for one in reader.waiting(10)] == [3, 4]
    assert reader.counts() == reader.recount()
    assert (reader.counts()["received"], reader.counts()["no_effect"]) == (4, 0)
    entry = reader.entry(1)
    assert (entry.state, entry.flags, entry.ack_state, entry.key) == (
        State.applied,
        ("bad-date",),
        AckState.delivered,
        b"",
    )
    found = writer.remembered("lorenzo", "C3", b"digest")
    assert found is not None
    assert (found.seq, found.ack) == (3, b"ACK")
    now = datetime(2026, 3, 1, 13, tzinfo=UTC)
    writer.mark(Mark(3, Outcome(State.no_effect, "stale", "older than what is known", "nothing need be done"), now))
    assert writer.replay([2], at=now, by="ada", reason="the table was mended") == (2,)
    writer.commit()
    assert [one.seq for one in reader.waiting(10)] == [2, 4]
    assert reader.counts() == reader.recount()
