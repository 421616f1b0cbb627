"""A hospital that writes back: a real record with a patient, a link with `[write]`, and an outbox that nobody empties."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tabard.dialect import Dialect, load
from tabard.ground.ids import KeyedIds
from tabard.ground.time import Clock
from tabard.journal import Mark, State, Waiting
from tabard.link import Applier, LinkSettings, add_link
from tabard.link.out import Outbound
from tabard.link.write_settings import WriteSettings
from tabard.link.writeback import Author, Offer, Taken, WriteBack
from tabard.link.writeback.book import Book
from tabard.link.writeback.ports import FhirRoad, File
from tabard.record import RecordReader, RecordWriter, Writing
from unit.link.itk import Who, adt

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = b"ids of a test"
AUTHOR = Author("board", "p-sister")
OTHER = Who("1002", family="JONES")
OWN = "https://vendor.example/ids"
ALL = ("Appointment", "DocumentReference", "Observation")


class Hospital:
    """Its parts, and what a test asks of them."""

    def __init__(self, folder: Path, *, over_fhir: FhirRoad | None = None, clock: Clock = lambda: NOW) -> None:
        self.folder = folder
        self.record_path = folder / "record.db"
        self.dialect: Dialect = load("itk-2.4")
        writer = RecordWriter(self.record_path, durable=False)
        self.applier = Applier(writer, lambda _: self.dialect, KeyedIds(KEY), lambda: NOW)
        self.seq = 0
        self.record = RecordReader(self.record_path)
        self.outbound = Outbound(folder, clock)
        self.over_fhir = over_fhir
        self.clock = clock
        self.back = self.open()

    def open(self, file: File | None = None) -> WriteBack:
        """The writing back, as a start of the process makes it."""
        return WriteBack(
            self.folder, self.record, file or self.file, lambda _: self.dialect, self.outbound, self.clock,
            over_fhir=self.over_fhir,
        )  # fmt: skip

    @contextmanager
    def file(self) -> Iterator[Writing]:
        """A transaction of the record."""
        writer = RecordWriter(self.record_path, durable=False)
        try:
            with writer.transaction() as writing:
                yield writing
        finally:
            writer.close()

    def turn(self) -> None:
        """What the thread does, now."""
        self.back._carrying.turn()

    def turn_over_fhir(self) -> None:
        """What the thread of the FHIR road does, now."""
        assert self.back._road is not None
        self.back._road.turn()

    @property
    def book(self) -> Book:
        """What is written down."""
        return self.back._book

    def receive(self, raw: bytes, *, is_replay: bool = False) -> Mark:
        """A message comes over the feed."""
        self.seq += 1
        (mark,) = self.applier.apply([Waiting(self.seq, "pas", NOW, raw, is_replay=is_replay)])
        assert mark.outcome.state in {State.applied, State.no_effect}, mark.outcome
        return mark

    def patient(self, number: str = "1001") -> str:
        """The record's id of the patient with that hospital number."""
        (found,) = self.record.search("Patient", [("identifier", number)]).matches
        return found.id

    def read(self, reference: str) -> dict[str, Any]:
        """The resource as it is in the record."""
        kind, _, id_ = reference.partition("/")
        stored = self.record.read(kind, id_)
        assert stored is not None, reference
        return stored.resource()

    def observations(self) -> list[dict[str, Any]]:
        """All of the record."""
        return [one.resource() for one in self.record.search("Observation", []).matches]

    def observations_all(self) -> list[dict[str, Any]]:
        """All of the record, page after page."""
        found, cursor = [], None
        while True:
            page = self.record.search("Observation", [], cursor=cursor)
            found += [one.resource() for one in page.matches]
            if (cursor := page.next) is None:
                return found

    def write(self, resource: dict[str, Any], **more: Any) -> Taken:
        """A product writes."""
        patient = more.pop("patient", None) or self.patient()
        offer = Offer(resource["resourceType"], resource, patient, AUTHOR, **more)
        return self.back.take(self.back.prepare(offer))

    def sent(self) -> list[list[str]]:
        """The messages of the outbox, oldest first, as lines."""
        numbers = sorted(one.id for one in self.outbound.entries(limit=1000))
        return [self.outbound.raw(number).decode().rstrip("\r").split("\r") for number in numbers]

    def close(self) -> None:
        """Give everything back."""
        self.back.stop()
        self.outbound.stop()
        self.applier.close()
        self.record.close()


def temperature(patient: str, value: float = 37.1, *, own: str | None = "t1", **more: Any) -> dict[str, Any]:
    """A temperature of a patient, under a product's own identifier."""
    identifier = {} if own is None else {"identifier": [{"system": OWN, "value": own}]}
    return {
        "resourceType": "Observation",
        **identifier,
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8310-5", "display": "Body temperature"}]},
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": "2026-03-01T11:30:00+00:00",
        "valueQuantity": {"value": value, "unit": "Cel", "system": "http://unitsofmeasure.org", "code": "Cel"},
        **more,
    }


def set_up(folder: Path, port: int = 6661, **more: Any) -> None:
    """The settings of the hospital's one link and its one destination."""
    (folder / "destinations").mkdir(exist_ok=True)
    (folder / "destinations" / "ehr.toml").write_text(
        f'host = "127.0.0.1"\nport = {port}\nfirst_pause_s = 0.01\nlongest_pause_s = 0.05\nack_timeout_s = 60\n'
    )
    settings = {"types": ALL, "destination": "ehr", "sending_facility": "RXX", **more}
    add_link(folder, LinkSettings(name="pas", dialect="itk-2.4", port=0, write=WriteSettings(**settings)))


@contextmanager
def a_hospital(
    folder: Path, *, over_fhir: FhirRoad | None = None, port: int = 6661, clock: Clock = lambda: NOW, **more: Any
) -> Iterator[Hospital]:
    """A hospital with two patients, given back at the end."""
    set_up(folder, port, **more)
    hospital = Hospital(folder, over_fhir=over_fhir, clock=clock)
    hospital.receive(adt("A01"))
    hospital.receive(adt("A01", OTHER, visit="502", place="WARD1^BED2"))
    try:
        yield hospital
    finally:
        hospital.close()
