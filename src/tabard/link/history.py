"""What a link's feed was taken to mean, and who said so: a file that is only ever added to, each line with the hash of the one before.

The last line's number and hash stand in a second file, so that lines cut off the end are missed as well. It is no guard
against somebody who may write both: it shows what slipped, and who gave which word.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

import msgspec

from tabard.database import hold
from tabard.ground.errors import CallerError
from tabard.ground.private_files import write_private

DIALECTS = "dialects"
"""The folder, in the hospital's, of dialect versions and of the heads of histories."""

_NO_LINE = "0" * 64


class Step(StrEnum):
    """What happened."""

    first = "first"
    """The dialect that the link had when its history began."""
    proposed = "proposed"
    shadowed = "shadowed"
    approved = "approved"
    live = "live"
    back = "back"


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line: what happened to the dialect version `digest`, when, and by whom (`by` is a username, `role` whose word it was).

    `old` is the version that was live when this one was proposed; `content` the SHA-256 of the version's file; `kinds`
    what kinds of rules differ; `report` the SHA-256 of the shadow report, `span` what it looked at, and of its messages
    how many differ, are parked by this version alone, or by the old one alone. No patient data.
    """

    at: datetime
    step: Step
    digest: str
    by: str = ""
    name: str = ""
    role: str = ""
    old: str = ""
    content: str = ""
    reason: str = ""
    kinds: tuple[str, ...] = ()
    report: str = ""
    file: str = ""
    span: str = ""
    messages: int = 0
    changed: int = 0
    parked_now: int = 0
    parked_then: int = 0


class _Line(msgspec.Struct, frozen=True):
    n: int
    before: str
    entry: Entry


class BrokenHistory(CallerError):  # noqa: N818  says what the file is
    """A history that was changed, cut, or has lost one of its two files."""


@dataclass(frozen=True, slots=True)
class _Head:
    lines: int = 0
    digest: str = _NO_LINE


def history_path(folder: Path, link: str) -> Path:
    """Where the history of a link is."""
    return folder / "links" / f"{link}.history.jsonl"


def head_path(folder: Path, link: str) -> Path:
    """Where the number and hash of its last line are."""
    return folder / DIALECTS / f"{link}.head"


def read_history(folder: Path, link: str) -> tuple[Entry, ...]:
    """What happened, oldest first; empty for a link whose history has not begun. Raises BrokenHistory."""
    return _read(folder, link)[0]


class Writing:
    """A history held for writing; made by `changing` only."""

    def __init__(self, folder: Path, link: str) -> None:
        self._folder = folder
        self._link = link
        self.entries: Sequence[Entry]
        self.entries, self._raw, self._head = _read(folder, link)
        if not self.entries:  # so that a history without a head is never a whole one
            self._put_head()

    def add(self, entry: Entry) -> Entry:
        """Add a line, durable when this returns."""
        line = msgspec.json.encode(_Line(self._head.lines, self._head.digest, entry))
        raw = self._raw + line + b"\n"
        # The history first: one that is longer than its head is whole, one that is shorter was cut.
        write_private(history_path(self._folder, self._link), raw)
        self._head = _after(self._head, line)
        self._put_head()
        self._raw, self.entries = raw, (*self.entries, entry)
        return entry

    def _put_head(self) -> None:
        write_private(head_path(self._folder, self._link), f"{self._head.lines} {self._head.digest}\n".encode())


@contextmanager
def changing(folder: Path, link: str) -> Iterator[Writing]:
    """The history of a link, nobody else changing it meanwhile. Raises BrokenHistory, CallerError while somebody else does."""
    for name in (DIALECTS, "links"):
        (folder / name).mkdir(mode=0o700, exist_ok=True)
    held = hold(folder / DIALECTS / f"{link}.lock", "somebody else changes this link's dialect: try again")
    try:
        yield Writing(folder, link)
    finally:
        held.release()


def _read(folder: Path, link: str) -> tuple[tuple[Entry, ...], bytes, _Head]:
    path = history_path(folder, link)
    wanted, raw = _kept_head(folder, link), _bytes(path)
    if (wanted is None and raw is not None) or (wanted is not None and wanted.lines and raw is None):
        raise _broken(path, "a history and its head, or neither", "one of the two is missing")
    heads, entries = [_Head()], []
    for number, line in enumerate((raw or b"").splitlines(), 1):
        entries.append(_entry(path, number, line, heads[-1]))
        heads.append(_after(heads[-1], line))
    if wanted is not None and wanted not in heads[-2:]:  # a fall between the two writes leaves the head one behind
        raise _broken(path, "the line that its head names", "lines were cut off or changed")
    return tuple(entries), raw or b"", heads[-1]


def _entry(path: Path, number: int, line: bytes, head: _Head) -> Entry:
    try:
        told = msgspec.json.decode(line, type=_Line)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise _broken(path, "a line of JSON", f"line {number} cannot be read") from fault
    if (told.n, told.before) != (head.lines, head.digest):
        raise _broken(
            path, "each line with the hash of the one before", f"a line before line {number} was changed or cut"
        )
    return told.entry


def _after(head: _Head, line: bytes) -> _Head:
    return _Head(head.lines + 1, sha256(line).hexdigest())


def _kept_head(folder: Path, link: str) -> _Head | None:
    path = head_path(folder, link)
    told = _bytes(path)
    if told is None:
        return None
    lines, _, digest = told.decode("ascii", "replace").strip().partition(" ")
    if not lines.isdigit():
        raise _broken(path, "the number and hash of the history's last line", "something else")
    return _Head(int(lines), digest)


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _broken(path: Path, expected: str, got: str) -> BrokenHistory:
    return BrokenHistory(
        "the history of a link's dialect is not what was written",
        where=str(path),
        expected=expected,
        got=got,
        remedy="put links/ and dialects/ back from the hospital's backup; until then the link's messages wait",
    )
