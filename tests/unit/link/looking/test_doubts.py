"""Whom a parked message may be about, and a person's word on it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tabard.audit import AuditLog
from tabard.dialect import load
from tabard.ground.errors import CallerError, NotFound
from tabard.ground.ids import KeyedIds
from tabard.journal import GivesAgain, JournalReader, JournalWriter, Mark, Outcome, State, Waiting
from tabard.link import Applier, new_person, reject, same_person, withdraw
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
AGAIN = message("A31", "PID|||1001^^^RXX~2002^^^RXX||SMITH^ANN||19620717|1", at="202603011300")
"""The same words, and what is told of them is new."""


class Hand:
    """Applies again at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def replay(self, seqs: Iterable[int], by: str, reason: str, verb: GivesAgain = "replay") -> tuple[int, ...]:
        """As the links do."""
        writer = JournalWriter(self.folder / "journal.db")
        given = writer.replay(seqs, at=NOW, by=by, reason=reason, verb=verb)
        writer.commit()
        writer.close()
        apply(self.folder, given, is_replay=True)
        return given

    def release(self, keys: Iterable[bytes], by: str, reason: str = "") -> tuple[int, ...]:
        """As the links do."""
        writer = JournalWriter(self.folder / "journal.db")
        given = writer.release_by_hand(keys, at=NOW, by=by, reason=reason)
        writer.commit()
        writer.close()
        apply(self.folder, given)
        return given


def apply(folder: Path, seqs: Iterable[int], *, is_replay: bool = False) -> list[Mark]:
    """Apply journaled messages and mark them."""
    reader, writer = JournalReader(folder / "journal.db"), JournalWriter(folder / "journal.db")
    applier = Applier(RecordWriter(folder / "record.db"), {"pas": load("itk-2.4")}.get, IDS, lambda: NOW)
    marks = list(applier.apply([Waiting(seq, "pas", NOW, reader.raw(seq), is_replay) for seq in seqs]))
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


def id_of(doubts: Doubts, given: str) -> str:
    """The id of who is registered by this given name."""
    (found,) = [one["id"] for one in doubts.candidates(3, LOOKER) if one["name"][0]["given"] == [given]]
    return str(found)


def sex_of(folder: Path, id_: str) -> object:
    """What the record says now."""
    reader = RecordReader(folder / "record.db")
    try:
        found = reader.read("Patient", id_)
        return None if found is None else found.resource()["gender"]
    finally:
        reader.close()


def test_a_wrong_word_is_changed(doubts: Doubts, tmp_path: Path) -> None:
    """The message and the same words are from then on the other one's; each word stands in the journal as what it was."""
    ann, anne = id_of(doubts, "ANN"), id_of(doubts, "ANNE")
    doubts.settle(3, same_person(ann, "ivo", "asked the ward"))
    told = doubts.decision(3)
    assert told is not None
    assert (told.kind, told.by, told.patient_id) == ("same_person", "ivo", ann)
    doubts.settle(3, same_person(anne, "kim", "the ward was wrong"))
    told = doubts.decision(3)
    assert told is not None
    assert (told.by, told.patient_id) == ("kim", anne)
    fill(tmp_path, AGAIN)
    assert apply(tmp_path, (4,))[0].outcome.state is State.applied
    assert (sex_of(tmp_path, ann), sex_of(tmp_path, anne)) == ("female", "male")
    kept = JournalReader(tmp_path / "journal.db").interventions(3)
    assert [(one.verb, one.by) for one in kept] == [("same_person", "ivo"), ("same_person", "kim")]


@pytest.mark.parametrize("kind", ["same_person", "new_person"])
def test_a_word_is_withdrawn(doubts: Doubts, tmp_path: Path, kind: str) -> None:
    """The message is in doubt again whatever was filed by it, the same words mean nobody any more, and another word may follow."""
    ann = id_of(doubts, "ANN")
    doubts.settle(3, same_person(ann, "ivo", "sure") if kind == "same_person" else new_person("ivo", "sure"))
    doubts.settle(3, withdraw("ivo", "was the neighbour"))
    assert doubts.is_one(3)
    assert doubts.decision(3) is None
    fill(tmp_path, AGAIN)
    assert apply(tmp_path, (4,))[0].outcome.reason == "behind"
    with pytest.raises(CallerError, match="nobody needs"):
        doubts.settle(3, withdraw("ivo", "twice"))
    doubts.settle(3, reject("ivo", "nobody's"))
    assert JournalReader(tmp_path / "journal.db").entry(3).state is State.no_effect
    verbs = [one.verb for one in JournalReader(tmp_path / "journal.db").interventions(3)]
    assert verbs == [kind, "withdraw", "reject"]
    assert apply(tmp_path, (4,))[0].outcome.reason == "ambiguous_patient", "nobody said whom these words mean"


def test_a_word_on_what_waits_for_its_turn_is_not_changed(doubts: Doubts, tmp_path: Path) -> None:
    """It may just be being filed by the earlier word, and would then stay so unseen."""
    ann = id_of(doubts, "ANN")
    doubts.settle(3, same_person(ann, "ivo", "sure"))
    writer = JournalWriter(tmp_path / "journal.db")
    writer.replay([3], at=NOW, by="ivo", reason="try")
    writer.commit()
    writer.close()
    with pytest.raises(CallerError, match="its turn"):
        doubts.settle(3, withdraw("ivo", "wrong"))
    assert doubts.decision(3) is not None


def test_a_word_on_what_retention_emptied_is_withdrawn_and_not_changed(doubts: Doubts, tmp_path: Path) -> None:
    """It cannot be filed anew; but its words mean nobody any more."""
    doubts.settle(3, same_person(id_of(doubts, "ANN"), "ivo", "sure"))
    anne = id_of(doubts, "ANNE")
    writer = JournalWriter(tmp_path / "journal.db")
    while writer.prune(NOW + timedelta(days=1)):
        writer.commit()
    writer.commit()
    writer.close()
    with pytest.raises(NotFound, match="removed"):
        doubts.settle(3, same_person(anne, "ivo", "wrong"))
    doubts.settle(3, withdraw("ivo", "wrong"))
    fill(tmp_path, AGAIN)
    assert apply(tmp_path, (4,))[0].outcome.reason == "ambiguous_patient"


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
    assert apply(tmp_path, (4,))[0].outcome.reason == "patient_not_known"
    writer = JournalWriter(tmp_path / "journal.db")
    writer.settle((4,), Outcome(State.parked, "by_hand"), at=NOW, by="Ivo", reason="the laboratory's mistake")
    writer.commit()
    writer.close()
    assert [mark.outcome.reason for mark in apply(tmp_path, (5, 6))] == [None, "behind"]
    doubts.let_go(4, "Ivo", "the laboratory's mistake")
    assert JournalReader(tmp_path / "journal.db").entry(4).state is State.parked
    assert apply(tmp_path, (6,))[0].outcome.state is State.applied
    assert apply(tmp_path, (4,))[0].outcome.state is State.applied
