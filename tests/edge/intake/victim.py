"""The process that is killed: the real links, applier and record of one folder, on a real disk or on one that forgets."""

import os
import signal
import threading
from collections.abc import Callable, Sequence
from enum import StrEnum
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import apsw

from edge.intake.lossy_disk import LossyDisk
from tabard import database
from tabard.ground.errors import InternalError
from tabard.ground.time import system_clock
from tabard.journal import Mark, Waiting, writer as journal_writer
from tabard.link import Applies, Links
from tabard.record import RecordReader, writer as record_writer
from tabard.wiring import applier_of

IDS_KEY = b"0" * 32
LOOK_S = 0.01
ENOUGH = 20


class End(StrEnum):
    """How a life ends."""

    killed = "killed"
    """By whoever started it."""
    between = "between"
    """By its own hand, when a batch is in the record and not yet marked in the journal."""
    peaceful = "peaceful"
    """When all is applied."""


class DiesBetween:
    """An applier that applies one batch of some size and kills the process before the journal learns of it."""

    def __init__(self, real: Applies, told: threading.Event) -> None:
        self._real = real
        self._told = told

    def apply(self, messages: Sequence[Waiting]) -> Sequence[Mark]:
        """Wait for enough, apply, die."""
        if len(messages) < ENOUGH:
            raise InternalError("not enough yet")
        self._told.wait()
        self._real.apply(messages)
        os.kill(os.getpid(), signal.SIGKILL)
        return ()

    def close(self) -> None:
        """Let go of the real one."""
        self._real.close()


def live(folder: Path, pipe: Pipe, synchronous: str, on_lossy_disk: bool, end: End) -> None:  # noqa: FBT001  called by multiprocessing
    """Serve the links of `folder`, and say where, to the end."""
    disk = LossyDisk() if on_lossy_disk else None  # installed for as long as it is held
    _commit_with(synchronous)
    record = folder / "record.db"
    make = applier_of(folder, record, IDS_KEY, system_clock)
    told = threading.Event()  # nobody dies before it has said where it listens
    applier = (lambda: DiesBetween(make(), told)) if end is End.between else make
    record_writer.RecordWriter(record).close()
    reader = RecordReader(record)  # open for life, as in a served hospital
    links = Links(folder, applier, system_clock, applied_to=reader.applied_to())
    links.start()
    pipe.send(links.addresses()["lorenzo"])
    told.set()
    if end is not End.peaceful:
        threading.Event().wait()
    while links.counts()["waiting"]:
        threading.Event().wait(LOOK_S)
    links.stop()
    reader.close()
    del disk


def _commit_with(synchronous: str) -> None:
    """Weaken what a commit promises, to see the harness tell."""
    if synchronous == "full":
        return
    opened: Callable[..., apsw.Connection] = database.connect

    def connect(path: Path, **how: bool | int) -> apsw.Connection:
        connection = opened(path, **how)
        connection.pragma("synchronous", synchronous)
        return connection

    for module in (journal_writer, record_writer):
        vars(module)["connect"] = connect
