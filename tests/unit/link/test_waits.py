"""Whether messages about a patient are held: told by the record's notes, for as long as they are."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tabard.ground.ids import KeyedIds
from tabard.journal import Waiting
from tabard.link.applier import Applier
from tabard.link.settling import note_decision, reject
from tabard.link.waits import Waits
from tabard.record import RecordReader, RecordWriter
from unit.link.an_applier import RECEIVED, Bench
from unit.link.itk import Who, adt, message, pid, result

JONES, BROWN = Who("2002", family="JONES", born="19700101"), Who("3003", family="BROWN", born="19500505")
BOTH = pid().replace("1001^^^RXX", "1001^^^RXX~2002^^^RXX")
KNOWN = (adt("A01"), adt("A01", JONES, "502"), adt("A01", BROWN, "503"))


class Hospital:
    """A record on disk, messages applied to it, and who is waited for."""

    def __init__(self, folder: Path) -> None:
        ids = KeyedIds(b"k")
        self.writer = RecordWriter(folder / "record.db", lambda: RECEIVED, durable=False)
        self.reader = RecordReader(folder / "record.db")
        self.applier = Applier(self.writer, Bench.dialect, ids, lambda: RECEIVED)
        self.waits = Waits(self.reader, ids)
        self.given: list[Waiting] = []

    def apply(self, *messages: bytes) -> None:
        """Messages, one after another."""
        first = len(self.given) + 1
        self.given += [Waiting(seq, "pas", RECEIVED, raw) for seq, raw in enumerate(messages, first)]
        self.applier.apply(self.given[first - 1 :])

    def about(self) -> Sequence[str]:
        """The family names of those about whom messages are held."""
        everybody = [one.resource() for one in self.reader.search("Patient", ()).matches]
        return sorted(one["name"][0]["family"] for one in everybody if self.waits.is_about(one["id"]))


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[Hospital]:
    one = Hospital(tmp_path)
    one.apply(*KNOWN)
    yield one
    one.reader.close()
    one.applier.close()


def test_whoever_a_doubt_is_about_is_waited_for_until_it_is_settled(hospital: Hospital) -> None:
    """Both, and nobody else; what is held behind it keeps its own patient waiting; and with the hold it ends."""
    assert (hospital.waits.is_any(), hospital.about()) == (False, [])
    hospital.apply(message("A31", BOTH))
    assert (hospital.waits.is_any(), hospital.about()) == (True, ["JONES", "SMITH"])
    hospital.apply(adt("A02", JONES, "502", "W3^B3", at="202603011100"))
    with hospital.writer.transaction() as writing:
        note_decision(writing, 4, reject("kim", "sent by mistake"), RECEIVED)
    hospital.applier.apply(hospital.given[3:4])
    assert (hospital.waits.is_any(), hospital.about()) == (True, ["JONES"])
    hospital.applier.apply(hospital.given[4:5])
    assert (hospital.waits.is_any(), hospital.about()) == (False, [])


def test_what_waits_for_somebody_unknown_is_about_nobody_here(hospital: Hospital) -> None:
    """Something is held, and of those who are known nobody is waited for; nor is one who is not known at all."""
    hospital.apply(result().replace(b"1001^^^RXX", b"9009^^^RXX"))
    assert (hospital.waits.is_any(), hospital.about()) == (True, [])
    assert not hospital.waits.is_about("nobody")
