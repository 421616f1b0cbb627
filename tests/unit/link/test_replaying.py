"""Messages given again by a person's word, whether the hospital is being served or not."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest

from tabard.database import hold
from tabard.ground.errors import CallerError, NotFound
from tabard.journal import JournalReader, JournalWriter, Mark, Outcome, State
from tabard.link import Control, Links, Which, hand, replay, verbs_of
from tabard.link.control import SOCKET_FILE, ask
from tabard.link.service import LOCK_FILE
from unit.link.a_feed import NOW, YESTERDAY, Ticking, begun, fill
from unit.link.itk import adt

PARKED = Outcome(State.parked, "unknown_patient", "nobody", "send it")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A hospital whose journal holds two applied messages, two parked ones, and one of another day, parked for another reason."""
    begun(tmp_path)
    fill(tmp_path, adt("A01"), adt("A02"), adt("A03"), adt("A08"))
    fill(tmp_path, adt("A01"), at=YESTERDAY - timedelta(days=3))
    outcomes = (
        Outcome(State.applied),
        Outcome(State.applied),
        PARKED,
        PARKED,
        Outcome(State.parked, "other", "x", "y"),
    )
    with writing(tmp_path) as journal:
        for seq, outcome in enumerate(outcomes, 1):
            journal.mark(Mark(seq, outcome, NOW))
    return tmp_path


@contextmanager
def writing(folder: Path) -> Iterator[JournalWriter]:
    """One commit of the journal."""
    writer = JournalWriter(folder / "journal.db")
    yield writer
    writer.commit()
    writer.close()


@contextmanager
def served(folder: Path) -> Iterator[Links]:
    """The hospital's links and its control socket, as a served hospital has them; nothing is applied."""

    class Idle:
        """Leaves everything as it is."""

        def apply(self, _messages: object) -> tuple[Mark, ...]:
            """Nothing is marked."""
            raise InterruptedError

        def close(self) -> None:
            """Nothing to let go of."""

    links = Links(folder, Idle, Ticking())
    control = Control(folder, verbs_of(links))
    links.start()
    try:
        control.start()
        yield links
    finally:
        control.stop()
        links.stop()


def waiting(folder: Path) -> list[int]:
    """The numbers of the messages that wait."""
    reader = JournalReader(folder / "journal.db")
    found = [one.seq for one in reader.waiting(99)]
    reader.close()
    return found


WHICH = {
    "by number": (Which(seqs=(3, 1)), [1, 3]),
    "of a day": (Which(day=date(2026, 3, 2), link="pas"), [1, 2, 3, 4]),
    "of a reason": (Which(parked="unknown_patient", link="pas"), [3, 4]),
    "of another link": (Which(parked="unknown_patient", link="lab"), []),
    "of no number here": (Which(seqs=(99,)), []),
}


@pytest.mark.parametrize("which", WHICH)
@pytest.mark.parametrize("is_served", [True, False])
def test_what_is_named_is_given_again(folder: Path, which: str, *, is_served: bool) -> None:
    """By number, day or reason, and no more than that; the same whoever holds the journal."""
    asked, expected = WHICH[which]
    if is_served:
        with served(folder):
            done = replay(folder, asked, "iain", "mended", Ticking())
    else:
        done = replay(folder, asked, "iain", "mended", Ticking())
    assert list(done) == expected
    assert waiting(folder) == expected


def test_who_and_why_is_kept(folder: Path) -> None:
    """A replay without a person or a reason is refused; with both, they stand beside the message."""
    for by, reason in (("", "mended"), ("iain", " ")):
        with pytest.raises(CallerError):
            replay(folder, Which(seqs=(3,)), by, reason, Ticking())
    assert waiting(folder) == []
    with served(folder):
        replay(folder, Which(seqs=(3,)), "iain", "mended", Ticking())
    reader = JournalReader(folder / "journal.db")
    assert [(one.by, one.verb, one.reason) for one in reader.interventions(3)] == [("iain", "replay", "mended")]
    reader.close()


def test_one_way_of_naming_messages_at_a_time() -> None:
    """None, or two, would be a guess."""
    with pytest.raises(CallerError):
        Which(link="pas")
    with pytest.raises(CallerError):
        Which(seqs=(1,), parked="unknown_patient")


def test_progress_is_told(folder: Path) -> None:
    """In steps, up to the end."""
    fill(folder, *(adt("A01") for _ in range(250)))
    seen: list[tuple[int, int]] = []
    replay(folder, Which(day=date(2026, 3, 2)), "iain", "mended", Ticking(), tell=lambda *step: seen.append(step))
    assert seen == [(200, 254), (254, 254)]


def test_a_word_on_a_message_is_kept_as_what_it_was(folder: Path) -> None:
    """By one's own hand or by the served hospital's; what is no such word is refused."""
    with hand(folder, Ticking()) as own:
        assert own.replay((3,), "iain", "not ours", "reject") == (3,)
    with served(folder), hand(folder, Ticking()) as theirs:
        assert theirs.replay((4,), "iain", "is known", "same_person") == (4,)
        with pytest.raises(CallerError):
            ask(folder, "replay", seqs=[1], by="iain", reason="x", word="loaded")
    reader = JournalReader(folder / "journal.db")
    assert [reader.interventions(seq)[0].verb for seq in (3, 4)] == ["reject", "same_person"]
    assert all(one.is_replay for one in reader.waiting(9)), "nothing beyond the record is set off"
    reader.close()


def test_what_became_of_a_message_is_not_told_from_without(folder: Path) -> None:
    """The control socket sets no state; and only what is held is set aside."""
    with writing(folder) as journal:
        journal.mark(Mark(4, Outcome(State.waiting, "behind"), NOW, b"k" * 16))
    with served(folder) as links:
        with pytest.raises(CallerError, match="no question"):
            ask(folder, "settle", seq=1, state="parked", by="iain", reason="x", why=["x", None, None])
        for seq in (1, 3):
            with pytest.raises(CallerError, match="not held"):
                links.park(seq, "iain", "away with it")
        with pytest.raises(NotFound):
            links.park(99, "iain", "away with it")
        links.park(4, "iain", "away with it")
    reader = JournalReader(folder / "journal.db")
    assert [reader.entry(seq).reason for seq in (1, 3, 4)] == [None, "unknown_patient", "by_hand"]
    assert [len(reader.interventions(seq)) for seq in (1, 3, 4)] == [0, 0, 1]
    reader.close()


def test_what_is_held_is_released(folder: Path) -> None:
    """By its key, here or by the served hospital."""
    for seq, key in ((3, b"\x01" * 16), (4, b"\x02" * 16)):
        with writing(folder) as journal:
            journal.mark(Mark(seq, Outcome(State.waiting, "behind"), NOW, key))
    with hand(folder, Ticking()) as own:
        assert own.release([b"\x01" * 16], "iain", "go on") == (3,)
    with served(folder), hand(folder, Ticking()) as theirs:
        assert theirs.release([b"\x02" * 16], "iain", "go on") == (4,)
    assert waiting(folder) == [3, 4]


def test_without_a_journal_there_is_nothing_to_replay(tmp_path: Path) -> None:
    """And none is made by asking."""
    begun(tmp_path)
    with pytest.raises(NotFound):
        replay(tmp_path, Which(seqs=(1,)), "iain", "mended", Ticking())
    assert not (tmp_path / "journal.db").exists()


def test_a_folder_that_somebody_holds_without_answering_is_told(folder: Path) -> None:
    """Such as a hospital that is just starting: nothing is written beside it."""
    held = hold(folder / LOCK_FILE, "")
    try:
        with pytest.raises(CallerError, match="does not answer"):
            replay(folder, Which(seqs=(3,)), "iain", "mended", Ticking())
    finally:
        held.release()
    assert waiting(folder) == []


def test_the_socket_is_its_owner_s_alone_and_goes_with_the_hospital(folder: Path) -> None:
    """Mode 0600, in a folder whose path may be long; one left by a killed process is in nobody's way."""
    deep = folder / ("long" * 20) / ("longer" * 20)
    deep.mkdir(parents=True)
    (deep / SOCKET_FILE).touch()
    control = Control(deep, {"say": lambda word: word * 2})
    control.start()
    try:
        assert (deep / SOCKET_FILE).stat().st_mode & 0o777 == 0o600
        assert ask(deep, "say", word="ab") == "abab"
        with pytest.raises(CallerError, match="no question"):
            ask(deep, "shout", word="ab")
        with pytest.raises(CallerError, match="no question"):
            ask(deep, "say", words="ab")
    finally:
        control.stop()
    assert not (deep / SOCKET_FILE).exists()


def test_a_refusal_comes_back_as_it_was_said(folder: Path) -> None:
    """With what is wrong, where and what to do; a fault of ours without its text, which may quote a patient."""

    def refuse() -> None:
        raise CallerError("no", where="here", expected="yes", got="no", remedy="say yes")

    def fail() -> None:
        raise ValueError("SMITH")

    control = Control(folder, {"refuse": refuse, "fail": fail})
    control.start()
    try:
        with pytest.raises(CallerError) as refused:
            ask(folder, "refuse")
        assert (refused.value.message, refused.value.where, refused.value.remedy) == ("no", "here", "say yes")
        with pytest.raises(Exception, match="Tabard failed") as failed:
            ask(folder, "fail")
        assert "SMITH" not in str(failed.value)
    finally:
        control.stop()
