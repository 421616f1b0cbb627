"""The process that serves: the real links, applier and record of one folder, on a real disk or on one that forgets."""

import re
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

from edge.intake.lossy_disk import LossyDisk
from tabard.ground.time import system_clock
from tabard.link import Links
from tabard.record import RecordReader, RecordWriter
from tabard.wiring import applier_of

_IDS_KEY = b"1" * 32
_LOOK_S = 0.05


def serve(folder: Path, pipe: Pipe, on_lossy_disk: bool) -> None:  # noqa: FBT001  called by multiprocessing
    """Say where it listens; then again and again the counts by state and the memory in use; end when told to."""
    disk = LossyDisk() if on_lossy_disk else None  # installed for as long as it is held
    record = folder / "record.db"
    RecordWriter(record).close()
    reader = RecordReader(record)  # open for life, as in a served hospital
    links = Links(
        folder, applier_of(folder, record, _IDS_KEY, system_clock), system_clock, applied_to=reader.applied_to()
    )
    links.start()
    pipe.send(links.addresses())
    while not pipe.poll(_LOOK_S):
        pipe.send((links.counts(), links.faults(), resident_bytes()))
    links.stop()
    reader.close()
    del disk


def resident_bytes() -> int:
    """Memory of this process that is in use; 0 where the machine does not tell."""
    status = Path("/proc/self/status")
    found = re.search(r"VmRSS:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(found[1]) * 1024 if found else 0
