"""An applier over a record in memory, given messages in their order."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tabard.dialect import Dialect, load
from tabard.ground.ids import KeyedIds
from tabard.journal import Mark, Waiting
from tabard.link.applier import Applier
from tabard.link.settling import note_decision, reject
from unit.link.itk import Who
from unit.link.pretend_record import PretendRecord

RECEIVED = datetime(2026, 3, 1, 20, tzinfo=UTC)


ITK = load("itk-2.4")


JONES = Who("2002", family="JONES", born="19700101")


class Bench:
    """An applier over a pretend record, given messages one after another."""

    def __init__(self) -> None:
        self.record = PretendRecord()
        self.ids = KeyedIds(b"k")
        self.now = RECEIVED
        self.marks: dict[int, Mark] = {}
        self.applier = self.make()
        self.seq = 0
        self.given: dict[int, Waiting] = {}

    @staticmethod
    def dialect(link: str) -> Dialect | None:
        """The dialect of the links that are set up."""
        return ITK if link in {"pas", "lab"} else None

    def apply(self, *messages: bytes, link: str = "pas") -> tuple[Mark, ...]:
        """What became of each message."""
        return self.kept(self.applier.apply([self.waiting(raw, link) for raw in messages]))

    def make(self) -> Applier:
        """An applier of a new process."""
        return Applier(self.record, self.dialect, self.ids, lambda: self.now)

    def kept(self, marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
        """The marks, as the journal keeps them."""
        self.marks |= {mark.seq: mark for mark in marks}
        return marks

    def waiting(self, raw: bytes, link: str = "pas") -> Waiting:
        """The message as the journal gives it."""
        self.seq += 1
        self.given[self.seq] = Waiting(self.seq, link, RECEIVED, raw)
        return self.given[self.seq]

    def told(self, *messages: bytes, link: str = "pas") -> list[str]:
        """The reason of each message, or its state."""
        return [mark.outcome.reason or mark.outcome.state.value for mark in self.apply(*messages, link=link)]

    def reject(self) -> None:
        """A person decides that the last message, which is parked, is to have no effect; it is given again."""
        with self.record.transaction() as writing:
            note_decision(writing, self.seq, reject("kim", "sent by mistake"), RECEIVED)
        assert self.again() == ["rejected"]

    def again(self, *seqs: int) -> list[str]:
        """What becomes of messages given again, the last one where none is named."""
        marks = self.kept(self.applier.apply([self.given[seq] for seq in seqs or (self.seq,)]))
        return [mark.outcome.reason or mark.outcome.state.value for mark in marks]

    def patient(self, mrn: str) -> dict[str, Any]:
        """The one patient with this number in use."""
        (found,) = [
            one
            for one in self.record.all("Patient")
            if any(number["value"] == mrn and number.get("use") != "old" for number in one["identifier"])
        ]
        return found

    def lying(self) -> dict[str, list[str]]:
        """Where each patient lies now: family name to ward and bed."""
        names = {f"Patient/{one['id']}": one["name"][0]["family"] for one in self.record.all("Patient")}
        return {
            names[visit["subject"]["reference"]]: [
                place["location"]["display"] for place in visit.get("location", []) if place["status"] == "active"
            ]
            for visit in self.record.all("Encounter")
            if visit["status"] == "in-progress"
        }


def flags(marks: Sequence[Mark]) -> list[tuple[str, ...]]:
    return [mark.outcome.flags for mark in marks]


def visit_fields(**fields: str) -> str:
    """PV1 of visit 501 in WARD1, BED1, with further fields by number, such as `f36`."""
    told = {2: "I", 3: "^WARD1^BED1^RXX01", 19: "501^^^VISITID"} | {int(n[1:]): text for n, text in fields.items()}
    return "PV1|" + "|".join(told.get(n, "") for n in range(1, 46)).rstrip("|")
