"""What all of a hospital stands on: its folder, its record, its links and what they tell."""

from dataclasses import dataclass
from pathlib import Path

from tabard import hospital as hospitals
from tabard.database import Place
from tabard.ground.ids import KeyedIds
from tabard.ground.time import Clock
from tabard.hospital import Folder, Hospital
from tabard.link import Ehr, Links, LiveDialects
from tabard.record import RecordReader
from tabard.wiring.heard import Heard
from tabard.wiring.links import applier_of, dialects_of, ehr_of
from tabard.wiring.record import own_record


@dataclass(frozen=True, slots=True)
class Base:
    """One hospital before anything of it runs."""

    hospital: Hospital
    record: Place
    reader: RecordReader
    dialects: LiveDialects
    ids: KeyedIds
    ehr: Ehr | None
    heard: Heard
    links: Links
    clock: Clock

    @property
    def place(self) -> Folder:
        """Its folder, with the names in it."""
        return self.hospital.folder

    @property
    def root(self) -> Path:
        """Where its folder is."""
        return self.place.root


def base_of(folder: Path, clock: Clock) -> Base:
    """The hospital in `folder`. Raises NoHospital, BadSettings, CallerError."""
    hospital = hospitals.load(folder, clock)
    place, heard = hospital.folder, Heard()
    record = own_record(hospital)
    reader, dialects = RecordReader(record), dialects_of(place.root, clock)
    ehr = ehr_of(place.root, reader, place.ids_key, clock)
    make_applier = applier_of(place.root, record, place.ids_key, clock, dialects, heard)
    links = Links(
        place.root, make_applier, clock, applied_to=reader.applied_to(), ehr=ehr, dialect_faults=dialects.faults
    )
    return Base(hospital, record, reader, dialects, KeyedIds(place.ids_key), ehr, heard, links, clock)
