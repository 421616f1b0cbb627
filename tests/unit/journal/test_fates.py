"""What becomes of messages in the journal: held and given again, replayed, settled, found, and removed when their time is over."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from tabard.ground.errors import NotFound
from tabard.journal import AckState, Arrival, JournalReader, JournalWriter, Mark, Outcome, State

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
APPLIED = Outcome(State.applied)
HELD = Outcome(State.waiting, "behind", "an earlier message of this patient waits", "nothing need be done")
PARKED = Outcome(State.parked, "merge_conflict", "this contradicts", "settle it")
STALE = Outcome(State.no_effect, "stale", "older than what is known", "nothing need be done")


class Journal:
    """A writer and a reader of one file."""

    def __init__(self, path: Path) -> None:
        self.writer = JournalWriter(path)
        self.reader = JournalReader(path)

    def take(self, *bodies: str, link: str = "lorenzo", at: datetime = NOON, more: bytes = b"") -> list[int]:
        """Messages under control ids of their own, committed."""
        seqs = []
        for body in bodies:
            raw = b"MSH|" + body.encode() + more
            digest = sha256(raw).digest()
            arrival = Arrival(link, "p", at, raw, body, "L|R", "ADT^A01^ADT_A01", digest, len(raw))
            seqs.append(self.writer.append(arrival, ack_code="AA"))
        self.writer.commit()
        return seqs

    def mark(self, *marks: Mark) -> list[int]:
        """Marks in one commit; what waits again through them."""
        for mark in marks:
            self.writer.mark(mark)
        return [one.seq for one in self.writer.commit()]

    def waiting(self) -> list[int]:
        """What would be given to the applier."""
        return [one.seq for one in self.reader.waiting(99)]

    def reconciles(self) -> bool:
        """Whether the kept counts are those of a walk, and sum up."""
        counts = self.reader.counts()
        return counts == self.reader.recount() and counts["received"] == sum(counts[state] for state in State)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.db")


def test_held_messages_wait_and_are_not_given(journal: Journal) -> None:
    """A held message counts as waiting, is not given to the applier, and is listed under its key, oldest first."""
    one, two, three = journal.take("a", "b", "c")
    journal.mark(Mark(one, HELD, NOON, key=b"K"), Mark(two, APPLIED, NOON), Mark(three, HELD, NOON, key=b"K"))
    assert journal.waiting() == []
    assert journal.reader.held_keys() == {b"K": (one, three)}
    assert journal.reader.counts()["waiting"] == 2
    assert [entry.seq for entry in journal.reader.entries(state=State.waiting)] == [three, one]
    assert journal.reader.reasons(State.waiting) == {"behind": 2}
    assert journal.reconciles()


def test_a_release_gives_all_of_a_key_again_oldest_first(journal: Journal) -> None:
    """The mark that releases a key gives its held messages again, also one held in the same commit, and no other key's."""
    seqs = journal.take("a", "b", "c", "d")
    journal.mark(Mark(seqs[0], HELD, NOON, key=b"K"), Mark(seqs[1], HELD, NOON, key=b"L"))
    again = journal.mark(Mark(seqs[2], APPLIED, NOON, releases=(b"K",)), Mark(seqs[3], HELD, NOON, key=b"K"))
    assert again == [seqs[0], seqs[3]]
    assert journal.waiting() == again
    assert [one.attempts for one in journal.reader.waiting(9)] == [1, 1]
    assert journal.reconciles()
    journal.mark(Mark(seqs[0], APPLIED, NOON, key=b"K"))
    assert journal.waiting() == [seqs[3]]
    assert journal.reader.entry(seqs[0]).attempts == 2


def test_what_is_released_long_after_goes_before_newer_ones(journal: Journal) -> None:
    """However many messages were settled meanwhile, a released one is given first; a restart changes nothing."""
    (held,) = journal.take("old")
    journal.mark(Mark(held, HELD, NOON, key=b"K"))
    for number in range(20):
        (seq,) = journal.take(f"n{number}")
        journal.mark(Mark(seq, APPLIED, NOON))
    (newest,) = journal.take("newest")
    journal.writer.release([b"K"])
    journal.writer.commit()
    assert journal.waiting() == [held, newest]
    journal.writer.close()
    assert [one.seq for one in journal.reader.backlog()] == [held, newest]


def test_what_is_held_until_a_time_is_given_again_then(journal: Journal) -> None:
    """At its time, not before, a held message waits again with all of its key; one without a key by itself."""
    seqs = journal.take("a", "b", "c")
    journal.mark(
        Mark(seqs[0], HELD, NOON, key=b"K", again_at=LATER),
        Mark(seqs[1], HELD, NOON, key=b"K"),
        Mark(seqs[2], HELD, NOON, again_at=LATER),
    )
    assert journal.reader.entry(seqs[0]).again_at == LATER
    assert not journal.writer.is_any_due(LATER - timedelta(seconds=1))
    assert journal.writer.is_any_due(LATER)
    journal.writer.release_due(LATER)
    assert [one.seq for one in journal.writer.commit()] == seqs
    assert not journal.writer.is_any_due(LATER)


def test_a_rollback_releases_nothing(journal: Journal) -> None:
    """What was to be released by a transaction that is undone is still held afterwards."""
    one, two = journal.take("a", "b")
    journal.mark(Mark(one, HELD, NOON, key=b"K"))
    journal.writer.mark(Mark(two, APPLIED, NOON, releases=(b"K",)))
    journal.writer.rollback()
    journal.take("c")
    assert journal.reader.held_keys() == {b"K": (one,)}


def test_a_replay_is_known_as_one(journal: Journal) -> None:
    """Applied, parked and stale messages are given again as replays, with who asked and why; waiting and refused ones are not."""
    seqs = journal.take("a", "b", "c", "d")
    journal.mark(Mark(seqs[0], APPLIED, NOON), Mark(seqs[1], PARKED, NOON), Mark(seqs[2], STALE, NOON))
    refused = journal.writer.append(
        Arrival("lorenzo", "p", NOON, b"x", "", "", "", b"", 1),
        outcome=Outcome(State.refused, "too_large"),
        ack_code="AR",
    )
    done = journal.writer.replay([*seqs, refused], at=NOON, by="ada", reason="mended")
    again = [one.seq for one in journal.writer.commit()]
    assert list(done) == again == seqs[:3]
    assert {one.seq: one.is_replay for one in journal.reader.waiting(9)} == dict(
        zip(seqs, [True, True, True, False], strict=True)
    )
    (told,) = journal.reader.interventions(seqs[0])
    assert (told.by, told.verb, told.reason, told.at) == ("ada", "replay", "mended", NOON)
    assert journal.reader.entry(seqs[0]).replays == 1
    assert journal.reconciles()


def test_what_a_load_brought_is_known_as_one(journal: Journal) -> None:
    """A message of an opening load sets nothing off beyond the record: it is given as a replay is."""
    arrival = Arrival("lorenzo", "load", NOON, b"MSH|1", "1", "L|R", "ADT^A01", b"digest", 5)
    seq = journal.writer.append(arrival, ack_code="", is_load=True)
    assert [one.seq for one in journal.writer.commit()] == [seq]
    (message,) = journal.reader.waiting(9)
    assert (message.seq, message.is_replay) == (seq, True)


def test_a_person_settles(journal: Journal) -> None:
    """A held message that a person puts aside is parked, waits no more, and the journal says who did it."""
    (seq,) = journal.take("a")
    journal.mark(Mark(seq, HELD, NOON, key=b"K"))
    journal.writer.settle([seq], PARKED, at=NOON, by="ada", reason="not ours")
    journal.writer.commit()
    assert journal.reader.entry(seq).state is State.parked
    assert [one.verb for one in journal.reader.interventions(seq)] == ["settle"]
    assert journal.reconciles()


def test_only_what_is_held_is_put_aside(journal: Journal) -> None:
    """What was applied, parked, or waits for its turn stays what it is, and nothing is noted of it."""
    seqs = journal.take("a", "b", "c")
    journal.mark(Mark(seqs[0], APPLIED, NOON), Mark(seqs[1], PARKED, NOON))
    assert journal.writer.settle(seqs, STALE, at=NOON, by="ada", reason="not ours") == ()
    journal.writer.commit()
    assert [journal.reader.entry(seq).state for seq in seqs] == [State.applied, State.parked, State.waiting]
    assert not any(journal.reader.interventions(seq) for seq in seqs)


def test_only_tries_are_counted_and_a_replay_begins_anew(journal: Journal) -> None:
    """Waiting for another message is no try; and a person's word gives all tries again."""
    (seq,) = journal.take("a")
    for expected, is_tried in ((0, False), (0, False), (1, True), (2, True), (2, False)):
        journal.mark(Mark(seq, HELD, NOON, key=b"K", is_tried=is_tried))
        assert journal.reader.entry(seq).attempts == expected
        journal.writer.release([b"K"])
        journal.writer.commit()
        (message,) = journal.reader.waiting(9)
        assert message.attempts == expected
    journal.mark(Mark(seq, PARKED, NOON))
    journal.writer.replay([seq], at=NOON, by="ada", reason="mended")
    journal.writer.commit()
    (message,) = journal.reader.waiting(9)
    assert message.attempts == 0


def test_a_persons_word_on_whom_it_is_about_gives_a_message_again(journal: Journal) -> None:
    """It stands as that word, and the message sets nothing off beyond the record."""
    (seq,) = journal.take("a")
    journal.mark(Mark(seq, PARKED, NOON))
    journal.writer.replay([seq], at=NOON, by="ada", reason="asked", verb="new_person")
    journal.writer.commit()
    assert [one.verb for one in journal.reader.interventions(seq)] == ["new_person"]
    assert [one.is_replay for one in journal.reader.waiting(9)] == [True]
    assert journal.reader.entry(seq).replays == 1


def test_answers_have_an_axis_of_their_own(journal: Journal) -> None:
    """Pending until known as written, undelivered where the sender was gone, not owed where nobody asked; whatever was applied."""
    one, two = journal.take("a", "b")
    silent = journal.writer.append(Arrival("lorenzo", "p", NOON, b"x", "", "", "", b"", 1), ack_code="")
    journal.mark(Mark(one, APPLIED, NOON))
    states = [journal.reader.entry(seq).ack_state for seq in (one, two, silent)]
    assert states == [AckState.pending, AckState.pending, AckState.not_owed]
    journal.writer.answered("lorenzo", silent)
    journal.writer.note_answer(two, AckState.undelivered)
    journal.writer.commit()
    states = [journal.reader.entry(seq).ack_state for seq in (one, two, silent)]
    assert states == [AckState.delivered, AckState.undelivered, AckState.not_owed]
    assert journal.reader.undelivered() == 1
    journal.writer.note_answer(one, AckState.delivered, ack_code="AE", ack=b"MSA|AE")
    journal.writer.commit()
    assert journal.reader.entry(one).ack_code == "AE"
    found = journal.writer.remembered("lorenzo", "a", sha256(b"MSH|a").digest())
    assert found is not None
    assert found.later == b"MSA|AE"


def test_an_older_record_has_also_what_was_stale_tried_again(journal: Journal) -> None:
    """When applied messages are lost with a record, so is what made others stale; with none lost, nothing is tried again."""
    seqs = journal.take("a", "b", "c")
    journal.mark(Mark(seqs[0], APPLIED, NOON), Mark(seqs[1], APPLIED, NOON), Mark(seqs[2], STALE, NOON))
    assert journal.writer.follow(seqs[1]) == 0
    assert journal.waiting() == []
    assert journal.writer.follow(seqs[0]) == 1
    assert journal.waiting() == seqs[1:]
    assert journal.reconciles()


def test_search_finds_by_each_and_all(journal: Journal) -> None:
    """Link, state, event, control id, key and time each narrow what is found, alone and together, newest first, page by page."""
    a1, a2 = journal.take("x", "y")
    b1, b2 = journal.take("x", "z", link="path", at=LATER)
    journal.mark(Mark(a1, APPLIED, NOON, key=b"K"), Mark(b1, PARKED, NOON, key=b"K"))

    def seqs(**which: object) -> list[int]:
        return [line.seq for line in journal.reader.search(**which).lines]  # type: ignore[arg-type]  # a test's shorthand

    assert seqs() == [b2, b1, a2, a1]
    assert seqs(link="path") == [b2, b1]
    assert seqs(control_id="x") == [b1, a1]
    assert seqs(control_id="x", link="lorenzo") == [a1]
    assert seqs(key=b"K") == [b1, a1]
    assert seqs(key=b"K", state=State.parked) == [b1]
    assert seqs(state=State.waiting) == [b2, a2]
    assert seqs(event="ADT^A01") == seqs(event="ADT") == seqs()
    assert seqs(event="ADT^A0") == []
    assert seqs(received_from=LATER) == [b2, b1]
    assert seqs(received_to=LATER) == [a2, a1]
    first = journal.reader.search(limit=3)
    assert [line.seq for line in journal.reader.search(limit=3, before=first.before).lines] == [a1]


def test_a_day_is_walked_message_by_message(journal: Journal) -> None:
    """Of a day come those received in it, whatever became of them, in order; of one link where it is named."""
    yesterday = journal.take("a", at=NOON - timedelta(days=1))
    today = journal.take("b", "c", link="path")
    journal.mark(Mark(today[0], PARKED, NOON), Mark(yesterday[0], APPLIED, NOON))
    assert [one.seq for one in journal.reader.of_day(None, date(2026, 3, 1))] == today
    assert [one.seq for one in journal.reader.of_day("path", date(2026, 2, 28))] == []
    assert [one.seq for one in journal.reader.of_day("lorenzo", date(2026, 2, 28))] == yesterday
    assert [one.raw for one in journal.reader.between(1, 2)] == [b"MSH|a", b"MSH|b"]


def test_content_goes_in_steps_and_never_of_what_waits_or_is_parked(journal: Journal) -> None:
    """What is settled and old loses its content, a few at a time; what waits, is held or parked keeps it, until it is settled."""
    seqs = journal.take("applied", "parked", "held", "waits", "stale")
    journal.take("young", at=LATER)
    journal.mark(
        Mark(seqs[0], APPLIED, NOON),
        Mark(seqs[1], PARKED, NOON),
        Mark(seqs[2], HELD, NOON, key=b"K"),
        Mark(seqs[4], STALE, NOON),
    )
    steps = 0
    while journal.writer.prune(LATER, most=2):
        journal.writer.commit()
        steps += 1
    journal.writer.commit()
    assert steps == 3
    for seq in (seqs[0], seqs[4]):
        with pytest.raises(NotFound, match="removed"):
            journal.reader.raw(seq)
    assert [journal.reader.raw(seq)[4:] for seq in (*seqs[1:4], 6)] == [b"parked", b"held", b"waits", b"young"]
    journal.mark(Mark(seqs[1], APPLIED, NOON))
    journal.writer.prune(LATER)
    journal.writer.commit()
    with pytest.raises(NotFound, match="removed"):
        journal.reader.raw(seqs[1])
    assert journal.writer.replay([seqs[0]], at=NOON, by="ada", reason="why") == ()
    assert journal.reconciles()
    found = journal.writer.remembered("lorenzo", "applied", sha256(b"MSH|applied").digest())
    assert found is not None
    assert found.is_same


def test_lines_go_later_and_counts_still_reconcile(journal: Journal) -> None:
    """A line whose time is over is gone, its number is never given again, and what was received is still counted."""
    seqs = journal.take("a", "b", "c")
    journal.mark(*(Mark(seq, APPLIED, NOON) for seq in seqs[:2]), Mark(seqs[2], PARKED, NOON))
    before = journal.reader.counts()
    while journal.writer.prune(LATER, LATER, most=2):
        journal.writer.commit()
    journal.writer.commit()
    with pytest.raises(NotFound):
        journal.reader.entry(seqs[0])
    assert journal.reader.entry(seqs[2]).state is State.parked
    assert journal.reader.counts() == before
    assert journal.reconciles()
    assert journal.writer.remembered("lorenzo", "a", sha256(b"MSH|a").digest()) is None
    journal.writer.close()
    assert JournalWriter(journal.reader._path).next_seq == 4


def test_removed_content_is_not_left_in_the_file(tmp_path: Path) -> None:
    """Once retention took a content and the log was written over, no byte of it is in the file."""
    journal = Journal(tmp_path / "journal.db")
    (seq,) = journal.take("a", more=b"SECRETNAME" * 2000)
    journal.mark(Mark(seq, APPLIED, NOON))
    journal.writer.prune(LATER)
    journal.writer.commit()
    journal.reader.close()
    journal.writer._connection.pragma("wal_checkpoint", "truncate")
    journal.writer.close()
    kept = (tmp_path / "journal.db").read_bytes()
    assert b"SECRETNAME" not in kept


def test_what_is_held_is_given_again_when_a_record_is_followed(journal: Journal) -> None:
    """What it waits for stands in the record, and an older copy of that would never release it."""
    first, second = journal.take("a", "b")
    journal.mark(Mark(first, PARKED, NOON, b"k" * 16), Mark(second, HELD, NOON, b"k" * 16))
    assert journal.waiting() == []
    assert journal.writer.follow(first) == 0
    assert journal.waiting() == [second]
    assert journal.reconciles()
