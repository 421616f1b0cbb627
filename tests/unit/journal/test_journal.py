"""Journal: kept, counted, in one state each, and never acknowledged by accident."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import apsw
import pytest
from hypothesis import given, settings, strategies as st

from tabard.ground.errors import NotFound
from tabard.journal import Arrival, JournalFault, JournalReader, JournalWriter, Mark, Outcome, State
from tabard.journal.identities import BATCH

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
APPLIED = Outcome(State.applied)
PARKED = Outcome(State.parked, "unknown_patient", "no patient has this identifier", "admit the patient first")


def arrival(control_id: str = "1", *, body: bytes = b"MSH|body", link: str = "lorenzo") -> Arrival:
    return Arrival(
        link, "127.0.0.1:9", NOON, body, control_id, "LORENZO|RXX", "ADT^A01", sha256(body).digest(), len(body)
    )


def take(writer: JournalWriter, item: Arrival) -> int:
    return writer.append(item, ack_code="AA", ack=b"ACK " + item.control_id.encode())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def test_what_is_committed_is_read_back_whole(path: Path) -> None:
    """A message waits with its bytes as they came; nothing is seen before the commit."""
    writer = JournalWriter(path)
    reader = JournalReader(path)
    seq = take(writer, arrival(body=b"MSH|\x00\xff\r"))
    assert reader.waiting(10) == ()
    writer.commit()
    (message,) = reader.waiting(10)
    assert (message.seq, message.link, message.received, message.raw) == (seq, "lorenzo", NOON, b"MSH|\x00\xff\r")
    entry = reader.entry(seq)
    assert (entry.state, entry.control_id, entry.event, entry.ack_code) == (State.waiting, "1", "ADT^A01", "AA")
    assert reader.last_received("lorenzo") == NOON


def test_rolled_back_is_gone_and_numbers_go_on(path: Path) -> None:
    """After a rollback nothing of the transaction is kept or counted, and its numbers are given again."""
    writer = JournalWriter(path)
    take(writer, arrival("1"))
    writer.commit()
    assert take(writer, arrival("2")) == 2
    writer.rollback()
    assert writer.remembered("lorenzo", "2", b"") is None
    assert take(writer, arrival("3")) == 2
    writer.commit()
    assert JournalReader(path).counts()["received"] == 2


def test_a_duplicate_is_remembered_also_after_a_restart(path: Path) -> None:
    """The same control id and content is found with its acknowledgement; other content under that id is found as other."""
    writer = JournalWriter(path)
    for body in (b"one", b"two"):
        take(writer, arrival("7", body=body))
    writer.commit()
    writer.close()
    writer = JournalWriter(path)
    found = writer.remembered("lorenzo", "7", sha256(b"two").digest())
    assert found is not None
    assert (found.seq, found.ack) == (2, b"ACK 7")
    other = writer.remembered("lorenzo", "7", sha256(b"three").digest())
    assert other is not None
    assert (other.seq, other.is_same) == (2, False)
    assert writer.remembered("millennium", "7", sha256(b"one").digest()) is None


def test_identities_are_known_in_memory_and_in_the_table(path: Path) -> None:
    """Whether filed in the table or only remembered, rolled back or not, restarted or not: exactly what is kept is known."""
    writer = JournalWriter(path)
    for n in range(BATCH + 10):
        take(writer, arrival(f"{n}", body=b"%d" % n))
        if n % 700 == 0:
            writer.commit()
    writer.rollback()
    kept = JournalReader(path).counts()["received"]
    for n in range(kept, BATCH + 10):
        assert writer.remembered("lorenzo", f"{n}", b"") is None
        take(writer, arrival(f"{n}", body=b"%d" % n))
    writer.commit()
    take(writer, arrival("0", body=b"again"))
    writer.commit()
    for one in (writer, JournalWriter(path)):
        for n in (1, kept, BATCH - 1, BATCH, BATCH + 9):
            found = one.remembered("lorenzo", f"{n}", sha256(b"%d" % n).digest())
            assert found is not None
            assert found.seq == n + 1
        newest, oldest = (one.remembered("lorenzo", "0", sha256(body).digest()) for body in (b"again", b"0"))
        assert (newest and newest.seq, oldest and oldest.seq) == (BATCH + 11, 1)
        one.rollback()
    assert len(writer._identities._latest["lorenzo"]) < BATCH


def test_a_duplicate_keeps_a_pointer_not_the_bytes(path: Path) -> None:
    """The second copy shows the first's content, is in state duplicate, and is not remembered in place of the first."""
    writer = JournalWriter(path)
    first = take(writer, arrival())
    again = writer.append(
        arrival(), outcome=Outcome(State.duplicate, "duplicate"), ack_code="AA", ack=b"ACK 1", first=first
    )
    writer.commit()
    reader = JournalReader(path)
    assert reader.raw(again) == b"MSH|body"
    assert reader.entry(again).first == first
    assert [message.seq for message in reader.waiting(9)] == [first]
    assert apsw.Connection(str(path)).execute("SELECT raw FROM message WHERE seq = ?", (again,)).get is None
    found = writer.remembered("lorenzo", "1", sha256(b"MSH|body").digest())
    assert found is not None
    assert found.seq == first


def test_marks_move_messages_between_states(path: Path) -> None:
    """Applied and parked messages wait no more, and carry reason, remedy and both kinds of flag."""
    writer = JournalWriter(path)
    seqs = [take(writer, arrival(str(n))) for n in range(3)]
    flagged = writer.append(
        arrival("x"), outcome=Outcome(State.waiting, flags=("control_id_reused",)), ack_code="AA", ack=b""
    )
    writer.commit()
    writer.mark(Mark(seqs[0], Outcome(State.applied), NOON))
    writer.mark(Mark(seqs[1], PARKED, NOON))
    writer.mark(Mark(flagged, Outcome(State.applied, flags=("bad-date",)), NOON + timedelta(seconds=1)))
    writer.commit()
    reader = JournalReader(path)
    assert [message.seq for message in reader.waiting(9)] == [seqs[2]]
    (parked,) = reader.entries(state=State.parked)
    assert (parked.seq, parked.reason, parked.remedy) == (seqs[1], "unknown_patient", "admit the patient first")
    assert reader.entry(flagged).flags == ("control_id_reused", "bad-date")
    assert reader.entry(flagged).handled == NOON + timedelta(seconds=1)
    writer.mark(Mark(seqs[1], Outcome(State.applied), NOON))
    writer.commit()
    assert reader.entries(state=State.parked) == ()


def test_entries_page_backwards_by_state_and_link(path: Path) -> None:
    """Newest first, of one state or link or both, going on before the last one seen."""
    writer = JournalWriter(path)
    for n in range(6):
        take(writer, arrival(str(n), link=("a", "b")[n % 2]))
    for seq in (1, 2, 3):
        writer.mark(Mark(seq, PARKED, NOON))
    writer.commit()
    reader = JournalReader(path)

    def seqs(**which: object) -> list[int]:
        return [entry.seq for entry in reader.entries(**which)]  # type: ignore[arg-type]  # a test's shorthand

    assert seqs() == [6, 5, 4, 3, 2, 1]
    assert seqs(before=4, limit=2) == [3, 2]
    assert seqs(state=State.parked) == [3, 2, 1]
    assert seqs(state=State.parked, link="a") == [3, 1]
    assert seqs(state=State.parked, before=3) == [2, 1]
    assert seqs(state=State.waiting, link="b") == [6, 4]
    assert seqs(state=State.applied) == []


def test_what_is_not_there_is_said(path: Path) -> None:
    """An unknown number is NotFound, and marking one is the journal's fault."""
    writer = JournalWriter(path)
    with pytest.raises(NotFound):
        JournalReader(path).entry(5)
    with pytest.raises(NotFound):
        JournalReader(path).raw(5)
    with pytest.raises(JournalFault):
        writer.mark(Mark(5, Outcome(State.applied), NOON))


def test_a_file_that_cannot_be_written_is_a_fault_without_content(path: Path) -> None:
    """When SQLite fails, the error says what to do, quotes nothing of the message, and the next transaction works."""
    writer = JournalWriter(path)
    pages: int = writer._connection.pragma("page_count")
    writer._connection.pragma("max_page_count", pages)
    with pytest.raises(JournalFault, match="remedy") as caught:
        take(writer, arrival(body=b"SECRET" * 10_000))
    assert "SECRET" not in str(caught.value)
    writer.rollback()
    writer._connection.pragma("max_page_count", pages + 1000)
    take(writer, arrival())
    writer.commit()
    assert JournalReader(path).counts()["received"] == 1


_STEPS = st.lists(
    st.one_of(
        st.sampled_from(["a", "b"]).map(lambda link: ("take", link)),
        st.just(("refuse", "a")),
        st.tuples(st.integers(1, 12), st.sampled_from([State.applied, State.parked])),
        st.sampled_from([("commit", ""), ("rollback", ""), ("restart", "")]),
    ),
    max_size=40,
)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(steps=_STEPS)
def test_counts_reconcile_whatever_happens(steps: list[tuple[object, object]]) -> None:
    """After any mixture of appends, marks, commits, rollbacks and restarts the kept counts equal a walk over all messages."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "journal.db"
        writer = JournalWriter(path)
        for what, detail in steps:
            match what:
                case "take":
                    take(writer, arrival(link=str(detail)))
                case "refuse":
                    writer.append(arrival(), outcome=Outcome(State.refused, "too_large"), ack_code="AR", ack=b"")
                case int():
                    if what < writer.next_seq:
                        writer.mark(Mark(what, Outcome(State(str(detail)), "why"), NOON))
                case "restart":
                    writer.close()
                    writer = JournalWriter(path)
                case _:
                    getattr(writer, str(what))()
        writer.commit()
        reader = JournalReader(path)
        counts = reader.counts()
        assert counts == reader.recount()
        assert counts["received"] == sum(counts[state] for state in State)
        assert counts["waiting"] == len(reader.waiting(100)) == len(reader.entries(state=State.waiting))
        assert {
            name: reader.counts("a")[name] + reader.counts("b")[name] + reader.counts("lorenzo")[name]
            for name in counts
        } == counts
        reader.close()
        writer.close()


def test_what_was_parked_and_is_sent_again_is_taken_again(path: Path) -> None:
    """A parked message had no effect: once what was amiss is mended, the same message sent again must have one."""
    writer = JournalWriter(path)
    first = take(writer, arrival())
    digest = arrival().digest
    writer.mark(Mark(first, PARKED, NOON))
    writer.commit()
    assert writer.remembered("lorenzo", "1", digest) is None
    second = take(writer, arrival())
    assert (found := writer.remembered("lorenzo", "1", digest)) is not None
    assert (found.seq, found.is_same) == (second, True)


def test_an_older_copy_of_the_record_has_its_messages_applied_again(path: Path) -> None:
    """What the journal holds as applied and the record does not waits once more, in its order; the rest stays as it is."""
    writer = JournalWriter(path)
    for number in range(1, 6):
        take(writer, arrival(str(number)))
    for seq, outcome in ((1, APPLIED), (2, APPLIED), (3, PARKED), (4, APPLIED)):
        writer.mark(Mark(seq, outcome, NOON))
    writer.commit()
    assert writer.follow(1) == 2
    writer.close()
    reader = JournalReader(path)
    assert [message.seq for message in reader.waiting(10)] == [2, 4, 5]
    assert reader.counts() == reader.recount()
    assert JournalWriter(path).follow(4) == 0


def test_an_older_copy_of_the_journal_gives_no_number_twice(path: Path) -> None:
    """A number that the record holds as applied is never given to a new message, which would then never be applied."""
    writer = JournalWriter(path)
    take(writer, arrival("1"))
    writer.commit()
    assert writer.follow(7) == 0
    assert [message.seq for message in JournalReader(path).waiting(10)] == [1]
    writer.rollback()
    assert take(writer, arrival("2")) == 8
    writer.commit()
    assert [message.seq for message in JournalReader(path).waiting(10)] == [1, 8]


def test_a_batch_to_apply_is_bounded_in_bytes(path: Path) -> None:
    """Large messages come one at a time, so that a few of them do not fill the memory; one always comes."""
    writer = JournalWriter(path)
    for number in range(4):
        take(writer, arrival(str(number), body=b"MSH|" + b"x" * 600))
    writer.commit()
    reader = JournalReader(path)
    assert [len(reader.waiting(10, limit_bytes=size)) for size in (1, 1000, 1300, 10_000)] == [1, 1, 2, 4]


def test_reasons_are_counted_by_state_and_link(path: Path) -> None:
    """Why messages are parked is summed up without reading them one by one, for all links or one."""
    writer = JournalWriter(path)
    whys = {"lorenzo": ["unknown_patient", "unknown_patient", "unsupported_event"], "pathology": ["unknown_patient"]}
    for link, reasons in whys.items():
        for number, reason in enumerate(reasons):
            seq = take(writer, arrival(f"{link}{number}", link=link))
            writer.mark(Mark(seq, Outcome(State.parked, reason, "why", "what to do"), NOON))
    writer.mark(Mark(take(writer, arrival("fine")), APPLIED, NOON))
    writer.commit()
    reader = JournalReader(path)
    assert reader.reasons(State.parked) == {"unknown_patient": 3, "unsupported_event": 1}
    assert reader.reasons(State.parked, "lorenzo") == {"unknown_patient": 2, "unsupported_event": 1}
    assert reader.reasons(State.refused) == {}
