"""What an export is, as a frozen value that is kept beside its files."""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec

from tabard.gateway.ports import Stored


class State(StrEnum):
    """How far an export is."""

    waiting = "waiting"
    running = "running"
    done = "done"
    failed = "failed"


class Output(msgspec.Struct, frozen=True):
    """One file: its name, the type of its resources, and how many they are."""

    name: str
    type: str
    count: int


class Job(msgspec.Struct, frozen=True):
    """An export: whose, what was asked, as of when, and what has come of it. `errors` are files of OperationOutcomes."""

    id: str
    client: str
    request: str
    types: tuple[str, ...]
    since: datetime | None
    begun: datetime
    state: State = State.waiting
    at: datetime | None = None
    outputs: tuple[Output, ...] = ()
    errors: tuple[Output, ...] = ()


class Scanned(Protocol):
    """A resource as it is now, and its place in the order of going through."""

    @property
    def key(self) -> int:
        """Where to go on behind it."""

    @property
    def stored(self) -> Stored:
        """The resource."""


Scan = Callable[[str, datetime | None, int, int], Sequence[Scanned]]
"""Type, changed since, behind which key, how many at most: the next resources of a type, in the order of their keys."""


class Bulk(NamedTuple):
    """What exports need of the hospital: a folder of their own, and a way through the record."""

    folder: Path
    scan: Scan
