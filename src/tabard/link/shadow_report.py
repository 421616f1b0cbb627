"""What a shadow run found, and its file: a line for each message that differs, and a last line that sums up.

The file names patients: mode 0600, in the hospital's folder; who looks into it is to be audited.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

import msgspec

from tabard.ground.errors import NotFound
from tabard.link.comparing import ResourceChange
from tabard.link.history import Entry

SHADOWS = "shadows"
"""The folder, in the hospital's, of shadow reports: `LINK.WHEN.DIGEST.jsonl`, in UTC."""

_PLACE = re.compile(r"\[\d+\]")
_GONE, _NEW = "(gone)", "(new)"


class MessageChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """One message that would be filed otherwise. `parked_then`, `parked_now`: why the live and the proposed dialect park it."""

    seq: int
    changes: tuple[ResourceChange, ...] = ()
    parked_then: str = ""
    parked_now: str = ""


@dataclass(frozen=True, slots=True)
class ShadowReport:
    """What a shadow run found. `digest` is the SHA-256 of its file `path`, which tells message by message.

    `elements` counts messages by resource type and element, such as "Encounter.location.status". `parked_now` counts, by
    reason, those parked by the proposed dialect and not for that reason by the live one; `parked_then` the other way
    round. `is_whole` is False where more messages differ than are told one by one.
    """

    link: str
    old: str
    new: str
    span: str
    messages: int
    changed: int
    parked_now: Mapping[str, int]
    parked_then: Mapping[str, int]
    elements: Mapping[str, int]
    is_whole: bool
    digest: str
    path: Path


class Summary(msgspec.Struct):
    """The last line of a report's file, counted up while it is written."""

    link: str
    old: str
    new: str
    span: str
    made: str
    messages: int = 0
    changed: int = 0
    is_whole: bool = True
    parked_now: dict[str, int] = {}
    parked_then: dict[str, int] = {}
    elements: dict[str, int] = {}

    def count(self, change: MessageChange) -> None:
        """One more message differs."""
        self.changed += 1
        for reason, counts in ((change.parked_now, self.parked_now), (change.parked_then, self.parked_then)):
            if reason:
                counts[reason] = counts.get(reason, 0) + 1
        for name in {_name(one) for one in change.changes}:
            self.elements[name] = self.elements.get(name, 0) + 1


@dataclass(slots=True)
class ReportFile:
    """A report while it is written: its lines, and the hash over them."""

    handle: IO[bytes]
    _hash: Any = field(default_factory=sha256)

    def put(self, told: MessageChange | Summary) -> None:
        """Add a line."""
        line = msgspec.json.encode(told) + b"\n"
        self._hash.update(line)
        self.handle.write(line)

    @property
    def digest(self) -> str:
        """The SHA-256 of what was put."""
        return str(self._hash.hexdigest())


def read_report(path: Path) -> Iterator[MessageChange]:
    """What a report tells message by message, in the order of their numbers."""
    with path.open("rb") as lines:
        for line in lines:
            if line.startswith(b'{"seq"'):
                yield msgspec.json.decode(line, type=MessageChange)


def report_of(folder: Path, shadowed: Entry) -> ShadowReport:
    """The report of a line of a history. Raises NotFound when its file is gone, or is not what it was."""
    path = folder / SHADOWS / shadowed.file
    digest, last = sha256(), b""
    try:
        with path.open("rb") as lines:
            for line in lines:
                digest.update(line)
                last = line
    except OSError as fault:
        raise NotFound("the shadow report is gone", where=str(path), remedy="run the shadow again") from fault
    if digest.hexdigest() != shadowed.report:
        raise NotFound("the shadow report was altered", where=str(path), remedy="run the shadow again")
    return to_report(msgspec.json.decode(last, type=Summary), shadowed.report, path)


def to_report(told: Summary, digest: str, path: Path) -> ShadowReport:
    """A summary as the report of a file."""
    said = msgspec.structs.asdict(told)
    del said["made"]
    return ShadowReport(**said, digest=digest, path=path)


def _name(change: ResourceChange) -> str:
    """Resource type and element without ids and places in lists: the same for all patients."""
    kind = change.resource.partition("/")[0]
    if not change.element:
        return f"{kind} {_NEW if change.old is None else _GONE}"
    return f"{kind}.{_PLACE.sub('', change.element)}"
