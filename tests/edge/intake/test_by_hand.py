"""What a person, or time, does with messages while the links run."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from edge.intake.peers import CountingApplier, message, served
from edge.intake.test_answers import until
from tabard.ground.errors import CallerError, NotFound
from tabard.ground.time import system_clock
from tabard.journal import Mark, Outcome, State, Waiting
from tabard.link import Links, LinkSettings, add_link, load_link
from tabard.link.retention import before
from tabard.link.writeback import Author, WriteState
from tabard.link.writeback.book import Book, Intent

HELD = Outcome(State.waiting, "patient_not_known", "nobody has this number yet", "it is tried again")


class Holds(CountingApplier):
    """Holds what it is given first, under the key of its person, for an hour; applies what it is given again."""

    def __init__(self) -> None:
        super().__init__()
        self.replays: list[int] = []
        self.hours = 1.0

    def apply(self, messages: Sequence[Waiting]) -> Sequence[Mark]:
        """Held, then applied."""
        now = system_clock()
        self.replays += [one.seq for one in messages if one.is_replay]
        held = Mark(0, HELD, now, key=b"K", again_at=now + timedelta(hours=self.hours))
        self.given += [one.seq for one in messages]
        return [
            Mark(one.seq, Outcome(State.applied), now, key=b"K")
            if one.attempts or one.is_replay
            else replaced(held, one.seq)
            for one in messages
        ]


def replaced(mark: Mark, seq: int) -> Mark:
    return Mark(seq, mark.outcome, mark.at, mark.key, mark.releases, mark.again_at)


def test_held_messages_are_released_by_hand(tmp_path: Path) -> None:
    """A held message makes the feed no worse; released by its key it is applied, and the journal says by whom."""
    with served(tmp_path, applier=Holds()) as running:
        running.peer().ask(message("a"))
        until(lambda: running.reader().held_keys() == {b"K": (1,)})
        until(lambda: running.links.feeds()[0].waiting == 0)
        assert running.links.held_reasons("lorenzo") == {"patient_not_known": 1}
        assert running.links.release([b"K"], "ada") == (1,)
        until(lambda: running.reader().counts()["applied"] == 1)
        assert running.applier.given == [1, 1]
        assert [one.by for one in running.reader().interventions(1)] == ["ada"]


def test_held_messages_are_given_again_when_it_is_time(tmp_path: Path) -> None:
    """What is held until a moment needs nobody: it is applied after it."""
    applier = Holds()
    applier.hours = 0.0
    with served(tmp_path, applier=applier) as running:
        running.peer().ask(message("a"))
        until(lambda: running.reader().counts()["applied"] == 1)
        assert applier.given == [1, 1]


def test_a_replay_is_applied_again_as_a_replay(tmp_path: Path) -> None:
    """An applied message is given once more, told to be a replay; a number that is not there is passed over."""
    applier = Holds()
    with served(tmp_path, applier=applier) as running:
        running.peer().ask(message("a"))
        until(lambda: bool(running.reader().held_keys()))
        running.links.release([b"K"], "ada")
        until(lambda: running.reader().counts()["applied"] == 1)
        assert running.links.replay([1, 99], "ada", "the table was mended") == (1,)
        until(lambda: applier.replays == [1])
        until(lambda: running.reader().counts()["applied"] == 1)


def test_a_message_is_put_aside_by_hand(tmp_path: Path) -> None:
    """A held message that a person parks waits no more; what is not there is told."""
    with served(tmp_path, applier=Holds()) as running:
        running.peer().ask(message("a"))
        until(lambda: bool(running.reader().held_keys()))
        running.links.park(1, "ada", "not ours")
        assert running.reader().entry(1).reason == "by_hand"
        assert running.reader().held_keys() == {}
        with pytest.raises(NotFound):
            running.links.park(9, "ada", "not there")


def test_dialects_are_read_anew_without_a_restart(tmp_path: Path) -> None:
    """The applier is made anew between two batches; where that fails the old one goes on, and who asked is told why."""
    made: list[CountingApplier] = []
    is_broken = False

    def make() -> CountingApplier:
        if is_broken:
            raise CallerError("the dialect has a fault")
        made.append(CountingApplier())
        return made[-1]

    add_link(tmp_path, LinkSettings("lorenzo", "itk-2.4", 0))
    links = Links(tmp_path, make, system_clock)
    links.start()
    try:
        links.reload_dialects()
        assert len(made) == 2
        is_broken = True
        with pytest.raises(CallerError, match="fault"):
            links.reload_dialects()
    finally:
        links.stop()


def test_the_longest_of_all_links_is_kept(tmp_path: Path) -> None:
    """Retention goes by the link that keeps longest, and by none where one keeps for ever; it is in the settings of each."""
    lorenzo = LinkSettings("lorenzo", "itk-2.4", 0, keep_days=10)
    now = system_clock()
    assert before([lorenzo, replace(lorenzo, keep_days=20)], now, "keep_days") == now - timedelta(days=20)
    assert before([lorenzo, replace(lorenzo, keep_days=0)], now, "keep_days") is None
    add_link(tmp_path, lorenzo)
    assert load_link(tmp_path, "lorenzo").keep_days == 10


def test_each_hour_old_shadow_reports_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the hospital that runs, without anybody's word."""
    monkeypatch.setattr("tabard.link.taking._HOUSEKEEPING_S", 0.01)
    (tmp_path / "shadows").mkdir()
    old = tmp_path / "shadows" / "lorenzo.20200101T000000000000.0123456789ab.jsonl"
    old.touch()
    with served(tmp_path):
        until(lambda: not old.exists())


def test_each_hour_what_is_left_of_writing_back_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where no link takes anything back any more: what products wrote stays no longer than what was received."""
    monkeypatch.setattr("tabard.link.taking._HOUSEKEEPING_S", 0.01)
    author, then = Author("obs", "nurse"), system_clock() - timedelta(days=1000)
    intent = Intent("Observation/1", "p", "lorenzo", "pas", "T1", None, b"d", b"body", b"message", (), author)
    with closing(Book(tmp_path, lambda: then)) as book:
        write, _ = book.enter(intent)
        book.filed(write.id, None)
        book.settle(write.id, WriteState.accepted, "", "")
    with served(tmp_path), closing(Book(tmp_path, system_clock)) as book:
        until(lambda: book.content(write.id).body is None)


def test_a_hospital_that_runs_removes_what_is_old(tmp_path: Path) -> None:
    """In small steps between the turns, until there is nothing more to remove."""
    with served(tmp_path) as running:
        peer = running.peer()
        for number in range(5):
            peer.ask(message(f"C{number}"))
        until(lambda: running.reader().counts()["applied"] == 5)
        later = system_clock() + timedelta(days=100)
        taking = running.links._taking
        assert taking.ask(lambda journal: journal.prune(later, most=3)).result() == 3
        assert taking.ask(lambda journal: journal.prune(later, most=3)).result() == 2
        with pytest.raises(NotFound, match="removed"):
            running.reader().raw(1)
        assert peer.ask(message("C1")) == ("AA", "C1")
        assert running.reader().counts()["duplicate"] == 1
