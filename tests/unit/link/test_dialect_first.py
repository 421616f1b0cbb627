"""A link without a dialect: its messages wait and keep their order, and nobody else's do."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from tabard.dialect import Dialect, load
from tabard.journal import JournalReader, JournalWriter, Mark, Outcome, State, Waiting
from tabard.link import NoDialect
from tabard.link.dialect_first import NO_DIALECT, PAUSE, DialectFirst
from tabard.link.overview import is_any_held
from unit.link.a_feed import NOW, fill
from unit.link.itk import adt


class Noting:
    """An applier that notes the order in which messages came to it."""

    def __init__(self) -> None:
        self.applied: list[int] = []

    def apply(self, messages: Sequence[Waiting]) -> tuple[Mark, ...]:
        """All are applied."""
        self.applied += [one.seq for one in messages]
        return tuple(Mark(one.seq, Outcome(State.applied), NOW) for one in messages)

    def close(self) -> None:
        """Nothing to let go of."""


class World:
    """A journal, an applier over it, and links whose dialects come and go."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.without: set[str] = set()
        self.noting = Noting()
        self.now = NOW
        fill(folder)
        self.start()

    def start(self) -> None:
        """As after a restart: nothing is remembered but what the journal holds."""
        self.reader = JournalReader(self.folder / "journal.db")
        self.first = DialectFirst(
            self.noting, self.dialect, lambda: self.now, is_any_held=is_any_held(self.folder, NO_DIALECT)
        )

    def dialect(self, link: str) -> Dialect | None:
        """The dialect of a link."""
        if link in self.without:
            raise NoDialect("gone")
        return load("itk-2.4")

    def turn(self, batch: int = 2) -> None:
        """Apply what waits, batch after batch."""
        while waiting := self.reader.waiting(batch):
            marks = self.first.apply(waiting)
            self.write(lambda journal, marks=marks: [journal.mark(mark) for mark in marks])

    def later(self) -> None:
        """Let the pause go by."""
        self.now += PAUSE + timedelta(seconds=1)
        self.write(lambda journal: journal.release_due(self.now))

    def write(self, act: object) -> None:
        """One commit of the journal."""
        assert callable(act)
        writer = JournalWriter(self.folder / "journal.db")
        act(writer)
        writer.commit()
        writer.close()


@pytest.fixture
def world(tmp_path: Path) -> World:
    """An empty journal, and dialects for all."""
    return World(tmp_path)


def test_nothing_waits_where_all_have_a_dialect(world: World) -> None:
    """Messages go through as they come."""
    fill(world.folder, adt("A01"), adt("A02"))
    world.turn()
    assert world.noting.applied == [1, 2]


def test_messages_of_a_link_without_a_dialect_wait_and_others_do_not(world: World) -> None:
    """They are neither applied nor parked, however often they are tried; the reason is told."""
    world.without.add("pas")
    fill(world.folder, adt("A01"), adt("A02"), adt("A03"))
    fill(world.folder, adt("A01"), link="lab")
    for _ in range(3):
        world.turn()
        world.later()
    world.turn()
    assert world.noting.applied == [4]
    assert world.reader.counts("pas")["waiting"] == 3
    assert world.reader.reasons(State.waiting) == {"no_dialect": 3}


def test_they_run_on_in_their_order_when_the_dialect_is_back(world: World) -> None:
    """Those that came first go first, also before what comes just then."""
    world.without.add("pas")
    fill(world.folder, *(adt("A01") for _ in range(5)))
    world.turn()
    world.without.clear()
    fill(world.folder, adt("A02"), adt("A03"))
    world.turn()
    assert world.noting.applied == [1, 2, 3, 4, 5, 6, 7]


def test_they_run_on_by_themselves(world: World) -> None:
    """Where nothing comes on the link, the pause brings them, all in their order."""
    world.without.add("pas")
    fill(world.folder, *(adt("A01") for _ in range(5)))
    world.turn()
    world.without.clear()
    world.later()
    world.turn()
    assert world.noting.applied == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("is_back", [True, False])
def test_a_restart_forgets_nothing(world: World, *, is_back: bool) -> None:
    """What waited before the restart still goes before what came after, whether the dialect is back at once or later."""
    world.without.add("pas")
    fill(world.folder, *(adt("A01") for _ in range(4)))
    world.turn()
    assert world.noting.applied == []
    if is_back:
        world.without.clear()
    world.start()
    fill(world.folder, adt("A02"))
    world.turn()
    world.without.clear()
    world.later()
    world.turn()
    assert world.noting.applied == [1, 2, 3, 4, 5]
