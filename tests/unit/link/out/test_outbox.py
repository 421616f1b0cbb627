"""The queue on disk: nothing is lost, nothing doubled, and who looks for changes misses none."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tabard.ground.errors import NotFound
from tabard.link.out import OutReason, OutState, Unsendable
from tabard.link.out.judging import Verdict
from tabard.link.out.outbox import Outbox

_AT = datetime(2026, 3, 1, tzinfo=UTC)
_SOON = _AT + timedelta(seconds=5)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    """An empty queue."""
    made = Outbox(tmp_path / "outbound.db", lambda: _AT)
    yield made
    made.close()


def test_what_was_put_is_due_in_order(outbox: Outbox) -> None:
    """Each destination by itself, the oldest first, also while that one has its pause."""
    one, two, other = (
        outbox.put("a", b"1", "c1", "X/1"),
        outbox.put("a", b"2", "c2", "X/2"),
        outbox.put("b", b"3", "c1", ""),
    )
    due = outbox.due("a")
    assert due is not None
    assert (due.id, due.raw, due.control_id, due.attempts, due.not_before) == (one, b"1", "c1", 0, None)
    outbox.postpone(one, OutReason.cannot_connect, _SOON)
    again = outbox.due("a")
    assert again is not None
    assert (again.id, again.not_before) == (one, _SOON)
    outbox.conclude(one, Verdict(OutState.accepted), code="AA", ack=b"ack")
    after = outbox.due("a")
    assert after is not None
    assert after.id == two
    assert [outbox.entry(number).state for number in (one, two, other)] == ["accepted", "queued", "queued"]
    assert outbox.due("c") is None


def test_the_same_message_put_again_is_the_same(outbox: Outbox) -> None:
    """A caller that died after putting may put again; another message may not take the control id."""
    assert outbox.put("a", b"1", "c1", "X/1") == outbox.put("a", b"1", "c1", "X/1")
    with pytest.raises(Unsendable) as refused:
        outbox.put("a", b"2", "c1", "X/1")
    assert refused.value.remedy
    assert len(outbox.entries(destination=None, state=None, before=None, limit=9)) == 1


def test_what_was_on_the_wire_at_the_end_is_sent_again(tmp_path: Path) -> None:
    """Byte for byte, and known as a try that may have been taken."""
    path = tmp_path / "outbound.db"
    first = Outbox(path, lambda: _AT)
    number = first.put("a", b"\x00raw\xff", "c1", "X/1")
    first.sending(number)
    first.close()
    second = Outbox(path, lambda: _AT)
    assert second.due("a") is None
    second.recover()
    due = second.due("a")
    assert due is not None
    assert (due.raw, due.attempts, due.doubts) == (b"\x00raw\xff", 1, 1)
    assert second.entry(number).reason is OutReason.interrupted
    second.close()


def test_what_is_safe_at_the_receiver_is_not_sent_again(outbox: Outbox) -> None:
    """After CA a restart only goes on waiting."""
    number = outbox.put("a", b"raw", "c1", "X/1")
    outbox.sending(number)
    outbox.conclude(number, Verdict(OutState.sent, OutReason.awaiting_application, is_safe=True), code="CA", ack=b"ca")
    outbox.recover()
    assert outbox.due("a") is None
    assert outbox.awaiting("a") == ((number, "c1", _AT, b"raw"),)
    outbox.conclude(number, Verdict(OutState.accepted), code="AA", ack=b"aa")
    assert outbox.awaiting("a") == ()
    assert (outbox.entry(number).code, outbox.answer(number)) == ("AA", b"aa")


def test_an_uncounted_try_is_none(outbox: Outbox) -> None:
    """Who does not trust us never saw the message."""
    number = outbox.put("a", b"raw", "c1", "")
    outbox.sending(number)
    assert outbox.entry(number).state is OutState.sent
    outbox.postpone(number, OutReason.not_trusted, _SOON, is_uncounted=True)
    told = outbox.entry(number)
    assert (told.state, told.attempts, told.reason) == ("queued", 0, OutReason.not_trusted)
    assert told.told
    assert told.remedy


def test_a_person_settles_what_is_unclear(outbox: Outbox) -> None:
    """Only that; and it is kept who did and why."""
    number = outbox.put("a", b"raw", "c1", "")
    with pytest.raises(Unsendable):
        outbox.decide(number, OutState.accepted, "j.doe", "seen there")
    outbox.sending(number)
    outbox.conclude(number, Verdict(OutState.unclear, OutReason.no_answer, is_doubt=True))
    told = outbox.decide(number, OutState.accepted, "j.doe", "seen there")
    assert (told.state, told.reason, told.decided_by, told.decided_why) == (
        "accepted",
        OutReason.decided,
        "j.doe",
        "seen there",
    )
    with pytest.raises(NotFound):
        outbox.decide(99, OutState.accepted, "j.doe", "")


def test_a_person_has_it_sent_again(outbox: Outbox) -> None:
    """The same bytes, with all its tries, and the doubt remembered."""
    number = outbox.put("a", b"raw", "c1", "")
    outbox.sending(number)
    outbox.conclude(number, Verdict(OutState.unclear, OutReason.no_answer, is_doubt=True))
    outbox.decide(number, OutState.queued, "j.doe", "not there")
    due = outbox.due("a")
    assert due is not None
    assert (due.raw, due.attempts, due.doubts, due.not_before) == (b"raw", 0, 1, None)


def test_who_follows_changes_misses_none(outbox: Outbox) -> None:
    """Each change has a number higher than all before, also when the newest message was removed."""
    one = outbox.put("a", b"1", "c1", "")
    two = outbox.put("a", b"2", "c2", "")
    seen = outbox.changes(0, 10)
    assert [told.id for told in seen] == [one, two]
    outbox.sending(one)
    (changed,) = outbox.changes(seen[-1].change, 10)
    assert (changed.id, changed.state) == (one, OutState.sent)
    outbox.conclude(one, Verdict(OutState.accepted))
    last = outbox.changes(changed.change, 10)[-1].change
    assert outbox.prune(_AT + timedelta(seconds=1)) == 1
    outbox.sending(two)
    assert [told.id for told in outbox.changes(last, 10)] == [two]


def test_only_what_is_done_is_pruned(outbox: Outbox) -> None:
    """Accepted, or settled by a person; never what somebody still has to look at, and no number comes back."""
    verdicts = [
        Verdict(OutState.accepted),
        Verdict(OutState.rejected, OutReason.refused),
        Verdict(OutState.unclear, OutReason.no_answer),
        Verdict(OutState.rejected, OutReason.refused),
    ]
    numbers = [outbox.put("a", b"raw", f"c{n}", "") for n in range(5)]
    for number, verdict in zip(numbers, verdicts, strict=False):
        outbox.conclude(number, verdict)
    outbox.decide(numbers[3], OutState.rejected, "j.doe", "written anew")
    assert outbox.prune(_AT) == 0
    assert outbox.prune(_AT + timedelta(days=1)) == 2
    kept = outbox.entries(destination="a", state=None, before=None, limit=9)
    assert [told.id for told in kept] == [numbers[4], numbers[2], numbers[1]]
    with pytest.raises(NotFound):
        outbox.raw(numbers[0])
    assert outbox.put("a", b"raw", "c9", "") > numbers[4]


def test_no_byte_of_what_was_pruned_stays(outbox: Outbox, tmp_path: Path) -> None:
    """It is written over in the file."""
    number = outbox.put("a", b"raw of a patient", "c1", "")
    outbox.conclude(number, Verdict(OutState.accepted))
    assert outbox.prune(_AT + timedelta(days=1)) == 1
    outbox._file.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert all(b"raw of a patient" not in path.read_bytes() for path in tmp_path.iterdir())


def test_messages_are_counted_and_listed(outbox: Outbox) -> None:
    """By destination and state, newest first, a page at a time."""
    numbers = [outbox.put("a", b"raw", f"c{n}", f"X/{n}") for n in range(3)]
    outbox.put("b", b"raw", "c1", "")
    outbox.conclude(numbers[0], Verdict(OutState.accepted))
    counts, oldest = outbox.counts("a")
    assert counts == {"queued": 2, "sent": 0, "accepted": 1, "rejected": 0, "unclear": 0}
    assert oldest == _AT
    assert outbox.counts("c") == (dict.fromkeys(counts, 0), None)
    listed = outbox.entries(destination="a", state=OutState.queued, before=numbers[2], limit=5)
    assert [(told.id, told.of) for told in listed] == [(numbers[1], "X/1")]
    assert [told.id for told in outbox.entries(destination=None, state=None, before=None, limit=2)] == [4, 3]


def test_the_file_is_private(tmp_path: Path, outbox: Outbox) -> None:
    """It holds what was written about patients."""
    outbox.put("a", b"raw", "c1", "")
    for path in tmp_path.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path
