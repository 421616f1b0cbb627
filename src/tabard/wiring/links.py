"""What is real of a hospital's links: who applies messages, by which dialects, and what is asked and written elsewhere."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tabard import hospital as hospitals
from tabard.audit import AuditLog
from tabard.database import Place
from tabard.ground.errors import CallerError
from tabard.ground.ids import KeyedIds
from tabard.ground.time import Clock, system_clock
from tabard.link import (
    NO_DIALECT,
    Applier,
    DialectFirst,
    Doubts,
    Ehr,
    LiveDialects,
    MakeApplier,
    hand,
    is_any_held,
    list_links,
)
from tabard.link.out import Outbound
from tabard.link.writeback import WriteBack
from tabard.record import RecordReader, RecordWriter, Writing
from tabard.wiring.heard import Heard


def applier_of(
    folder: Path,
    record: Place,
    ids_key: bytes,
    clock: Clock,
    dialects: LiveDialects | None = None,
    heard: Heard | None = None,
) -> MakeApplier:
    """What makes the applier of the hospital in `folder`, in the thread that will use it; `heard` is told what it writes."""
    known = dialects or dialects_of(folder, clock)

    def make() -> DialectFirst:
        applier = Applier(RecordWriter(record), known, KeyedIds(ids_key), clock, after_commit=heard or Heard())
        return DialectFirst(applier, known, clock, is_any_held=is_any_held(folder, NO_DIALECT))

    return make


def dialects_of(folder: Path, clock: Clock = system_clock) -> LiveDialects:
    """The dialect of each link of the hospital in `folder`, as its history says at each message."""
    return LiveDialects(folder, clock)


def ehr_of(folder: Path, reader: RecordReader, ids_key: bytes, clock: Clock) -> Ehr | None:
    """The record system that the hospital in `folder` asks over FHIR beside its record; None where no link has one.

    Raises CallerError where two have: whose results a patient's are would be anybody's guess.
    """
    asked = [link for link in list_links(folder) if link.fhir is not None]
    if len(asked) > 1:
        raise CallerError(
            "two links have a FHIR base",
            where=", ".join(link.name for link in asked),
            expected="one at most",
            remedy="take the table [fhir] out of the others",
        )
    for link in asked:
        if link.fhir is not None:
            return Ehr(folder, link.name, link.fhir, reader, KeyedIds(ids_key), clock)
    return None


@contextmanager
def writing_back(
    folder: Path, reader: RecordReader, record: Place, dialects: LiveDialects, ehr: Ehr | None, clock: Clock
) -> Iterator[WriteBack | None]:
    """What takes the writes of products, and carries them, until the context is left; None where no link takes any.

    Raises CallerError for a destination that is not there, or whose certificates cannot be used.
    """
    if all(link.write is None for link in list_links(folder)):
        yield None
        return
    with ExitStack() as parts:
        outbound = Outbound(folder, clock)
        parts.callback(outbound.stop)
        over_fhir = None if ehr is None else ehr.writes
        back = WriteBack(folder, reader, lambda: deciding(record), dialects, outbound, clock, over_fhir=over_fhir)
        parts.callback(back.stop)
        outbound.start()
        back.start()
        yield back


@contextmanager
def deciding(record: Place) -> Iterator[Writing]:
    """One transaction of the record, for a person's decision."""
    writer = RecordWriter(record)
    try:
        with writer.transaction() as writing:
            yield writing
    finally:
        writer.close()


@contextmanager
def doubts_in(folder: Path, clock: Clock = system_clock) -> Iterator[Doubts]:
    """The doubts of the hospital in `folder`, for a command beside it, whether it is being served or not.

    Raises NotFound without a journal, CallerError while the hospital starts or stops.
    """
    hospital = hospitals.load(folder, clock)
    place, record = hospital.folder, hospital.record
    audit = AuditLog(place.audit, clock)
    try:
        with hand(place.root, clock) as hands:
            known, ids = dialects_of(place.root, clock), KeyedIds(place.ids_key)
            yield Doubts(place.root, known, ids, lambda: deciding(record), hands, audit, clock)
    finally:
        audit.close()
