"""Whom a parked message may be about, and a person's word on it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tabard.audit import AuditLog
from tabard.dialect import load
from tabard.ground.errors import CallerError, NotFound
from tabard.ground.ids import KeyedIds
from tabard.journal import JournalReader, JournalWriter, Mark, Outcome, State, Waiting
from tabard.link import Applier, same_person
from tabard.link.looking import Doubts, Looker
from tabard.record import RecordReader, RecordWriter, Writing
from unit.link.a_feed import fill
from unit.link.itk import message

IDS = KeyedIds(b"ids of a test")
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
LOOKER = Looker("p", "integration", "to settle it")
FIRST = message("A28", "PID|||1001^^^RXX||SMITH^ANN||19620717|2")
SECOND = message("A28", "PID|||2002^^^RXX||SMITH^ANNE||19620717|2")
BOTH = message("A31", "PID|||1001^^^RXX~2002^^^RXX||SMITH^ANN||19620717|2", at="202603011100")


class Hand:
    """Applies again at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def replay(self, seqs: Iterable[int], by: str, reason: str) -> tuple[int, ...]:
        """As the links do."""
        del by, reason
        given = tuple(seqs)
        apply(self.folder, given)
        return given

    def release(self, keys: Iterable[bytes], by: str, reason: str = "") -> tuple[int, ...]:
        """As the links do."""
        writer = JournalWriter(self.folder / "journal.db")
        given = writer.release_by_hand(keys, at=NOW, by=by, reason=reason)
        writer.commit()
        writer.close()
        apply(self.folder, given)
        return given

    def settle(self, seq: int, outcome: Outcome, by: str, reason: str) -> None:
        """Not asked for here."""
        raise NotImplementedError


def apply(folder: Path, seqs: Iterable[int]) -> list[Mark]:
    """Apply journaled messages and mark them."""
    reader, writer = JournalReader(folder / "journal.db"), JournalWriter(folder / "journal.db")
    applier = Applier(RecordWriter(folder / "record.db"), {"pas": load("itk-2.4")}.get, IDS, lambda: NOW)
    marks = list(applier.apply([Waiting(seq, "pas", NOW, reader.raw(seq)) for seq in seqs]))
    for mark in marks:
        writer.mark(mark)
    writer.commit()
    for one in (reader, writer, applier):
        one.close()
    return marks


@pytest.fixture
def doubts(tmp_path: Path) -> Iterator[Doubts]:
    """Two registrations, and a message under both their numbers."""
    fill(tmp_path, FIRST, SECOND, BOTH)
    assert apply(tmp_path, (1, 2, 3))[2].outcome.reason == "ambiguous_patient"

    @contextmanager
    def record() -> Iterator[Writing]:
        writer = RecordWriter(tmp_path / "record.db")
        with writer.transaction() as writing:
            yield writing
        writer.close()

    audit = AuditLog(tmp_path / "audit", lambda: NOW)
    yield Doubts(tmp_path, {"pas": load("itk-2.4")}.get, IDS, record, Hand(tmp_path), audit, lambda: NOW)
    audit.close()


def test_whom_it_may_be_is_told_and_written_down(doubts: Doubts, tmp_path: Path) -> None:
    """Both registrations, and both stand in the audit."""
    assert doubts.is_one(3)
    found = doubts.candidates(3, LOOKER)
    assert sorted(one["name"][0]["given"][0] for one in found) == ["ANN", "ANNE"]
    written = b"".join(file.read_bytes() for file in (tmp_path / "audit").iterdir())
    assert all(one["id"].encode() in written for one in found)
    assert b"SMITH" not in written


def test_a_persons_word_lets_the_message_go_on(doubts: Doubts, tmp_path: Path) -> None:
    """It is applied to the one whom they named."""
    (chosen,) = [one["id"] for one in doubts.candidates(3, LOOKER) if one["name"][0]["given"] == ["ANN"]]
    doubts.settle(3, same_person(chosen, "Ivo", "asked the ward"))
    assert JournalReader(tmp_path / "journal.db").entry(3).state is State.applied
    reader = RecordReader(tmp_path / "record.db")
    assert reader.read("Patient", chosen) is not None
    assert not doubts.is_one(3)


def test_only_what_is_in_doubt_is_settled(doubts: Doubts) -> None:
    """An applied message, one that is not there, and a patient who is not known."""
    with pytest.raises(CallerError, match="nobody needs"):
        doubts.settle(1, same_person("x", "Ivo", "sure"))
    with pytest.raises(NotFound):
        doubts.settle(9, same_person("x", "Ivo", "sure"))
    with pytest.raises(CallerError, match="nobody here"):
        doubts.settle(3, same_person("x", "Ivo", "sure"))
    assert doubts.is_one(3)


def test_what_was_set_aside_holds_up_nobody(doubts: Doubts, tmp_path: Path) -> None:
    """A result of somebody unknown is set aside; once the patient comes, nothing waits for it, and what did goes on."""
    third = message("A28", "PID|||3003^^^RXX||JONES^AL||19700101|1", at="202603011200")
    lines = "OBR|1||F1^LAB|K^Potassium^L|||202603011000|||||||||||||||202603011000||BS|F\rOBX|1|NM|K^Potassium^L||4|mmol/L|||||F"
    early = message("R01", "PID|||3003^^^RXX||JONES^AL||19700101|1", lines)
    fill(tmp_path, early, third, third.replace(b"^AL", b"^ALAN"))
    assert [mark.outcome.reason for mark in apply(tmp_path, (4, 5, 6))] == ["patient_not_known", None, "behind"]
    writer = JournalWriter(tmp_path / "journal.db")
    writer.settle((4,), Outcome(State.parked, "by_hand"), at=NOW, by="Ivo", reason="the laboratory's mistake")
    writer.commit()
    writer.close()
    assert apply(tmp_path, (6,))[0].outcome.reason == "behind"
    doubts.let_go(4, "Ivo", "the laboratory's mistake")
    assert JournalReader(tmp_path / "journal.db").entry(4).state is State.parked
    assert apply(tmp_path, (6,))[0].outcome.state is State.applied
    assert apply(tmp_path, (4,))[0].outcome.state is State.applied
