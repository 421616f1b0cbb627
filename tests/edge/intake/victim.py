"""The process that is killed: the real links, applier and record of one folder, on a real disk or on one that forgets."""

import threading
from collections.abc import Callable
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import apsw

from edge.intake.lossy_disk import LossyDisk
from tabard import database
from tabard.ground.time import system_clock
from tabard.journal import writer as journal_writer
from tabard.link import Links
from tabard.record import writer as record_writer
from tabard.wiring import applier_of

IDS_KEY = b"0" * 32
LOOK_S = 0.01


def live(folder: Path, pipe: Pipe, synchronous: str, on_lossy_disk: bool, until_applied: bool) -> None:  # noqa: FBT001  called by multiprocessing
    """Serve the links of `folder`, say where, and wait to be killed; or, when told so, stop when all is applied."""
    disk = LossyDisk() if on_lossy_disk else None  # installed for as long as it is held
    _commit_with(synchronous)
    links = Links(folder, applier_of(folder, folder / "record.db", IDS_KEY, system_clock), system_clock)
    links.start()
    pipe.send(links.addresses()["lorenzo"])
    if not until_applied:
        threading.Event().wait()
    while links.counts()["waiting"]:
        threading.Event().wait(LOOK_S)
    links.stop()
    del disk


def _commit_with(synchronous: str) -> None:
    """Weaken what a commit promises, to see the harness tell."""
    if synchronous == "full":
        return
    opened: Callable[[Path], apsw.Connection] = database.connect

    def connect(path: Path, *, durable: bool = True) -> apsw.Connection:  # noqa: ARG001  the same form as the real one
        connection = opened(path)
        connection.pragma("synchronous", synchronous)
        return connection

    for module in (journal_writer, record_writer):
        vars(module)["connect"] = connect
