"""Versions of dialects: whole files under `dialects/`, named by their digest and never changed, and which one is live for each link.

Which is live is what the link's history says last. It fails closed: where the history or the live file is not what was
written, the link has no dialect, and its messages wait.
"""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tabard.dialect import BadDialect, Dialect, digest_of, load, to_toml
from tabard.ground.errors import CallerError, NotFound, TabardError
from tabard.ground.private_files import write_private
from tabard.ground.time import Clock
from tabard.link.history import (
    DIALECTS,
    BrokenHistory,
    Entry,
    Step,
    changing,
    head_path,
    history_path,
    read_history,
)
from tabard.link.settings import LinkSettings, list_links

_BY_ITSELF = "tabard"
_LIVE = frozenset({Step.first, Step.live, Step.back})


class NoDialect(CallerError):  # noqa: N818  says what the link lacks
    """A link that is set up and has no dialect that may be used now: its messages wait until it has."""


@dataclass(frozen=True, slots=True)
class Version:
    """One dialect, whole: its digest, the SHA-256 of its file, and what it says."""

    digest: str
    content: str
    dialect: Dialect


def keep(folder: Path, dialect: Dialect) -> Version:
    """Keep a dialect as a version. One that is there already is left as it is.

    Raises NoDialect when that was altered, BadDialect for one that would not be read back.
    """
    digest, path = digest_of(dialect), version_path(folder, digest_of(dialect))
    if path.is_file():
        version = _read(path, digest)
        if digest_of(version.dialect) != digest:
            raise _altered(path, digest)
        return version
    path.parent.mkdir(mode=0o700, exist_ok=True)
    write_private(path, to_toml(dialect).encode())
    try:
        load(str(path))
    except BadDialect:
        path.unlink()
        raise
    return _read(path, digest)


def version_of(folder: Path, entry: Entry) -> Version:
    """The version that a line of a history names. Raises NoDialect when its file is missing or altered."""
    version = _read(version_path(folder, entry.digest), entry.digest)
    if version.content != entry.content:
        raise _altered(version_path(folder, entry.digest), entry.content)
    return version


def version_path(folder: Path, digest: str) -> Path:
    """Where a version is kept."""
    return folder / DIALECTS / f"{digest}.toml"


def lives(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The versions that a link went back to if it were switched back again and again: the live one last.

    A version that was switched away from by `back` is no more among them.
    """
    stack: list[Entry] = []
    for entry in entries:
        if entry.step is Step.back:
            stack.pop()
        elif entry.step in _LIVE:
            stack.append(entry)
    return tuple(stack)


def live_version(folder: Path, link: str) -> Version:
    """The live dialect of a link whose history has begun. Raises NoDialect, BrokenHistory, NotFound."""
    return version_of(folder, live_entry(read_history(folder, link), link))


def live_entry(entries: Sequence[Entry], link: str) -> Entry:
    """The line that made the present dialect live. Raises NotFound where the history has not begun."""
    if not (stack := lives(entries)):
        raise NotFound(
            "the link's dialect has no history yet", got=link, remedy="serve the hospital once, or propose a dialect"
        )
    return stack[-1]


def begin(folder: Path, settings: LinkSettings, clock: Clock) -> None:
    """Record the first version of a link, that which its settings name, where its history has not begun.

    From then on the history says what is live, and the name in the settings no more.
    """
    if read_history(folder, settings.name):
        return
    with changing(folder, settings.name) as history:
        if not history.entries:
            first = keep(folder, load(settings.dialect))
            reason = f"the dialect that the link was set up with: {settings.dialect}"
            history.add(Entry(clock(), Step.first, first.digest, _BY_ITSELF, content=first.content, reason=reason))


class LiveDialects:
    """The live dialect of each link of a hospital, asked once a message.

    A switch is seen at the next message, whichever process made it: times and sizes of the files are looked at each time
    (some microseconds), and the files are read again when they moved. Any thread may ask.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._links = frozenset(one.name for one in list_links(folder))
        self._known: dict[str, tuple[_Stamps, Dialect]] = {}
        for settings in list_links(folder):
            with suppress(NoDialect, BrokenHistory):  # told by `faults`; the other links go on
                begin(folder, settings, clock)

    def __call__(self, link: str) -> Dialect | None:
        """The dialect for the next message of `link`; None for a link that is not set up.

        Raises NoDialect where it has none that may be used now: the message is to wait.
        """
        if link not in self._links:
            return None
        known = self._known.get(link)
        if known is not None and known[0] == _stamps(known[0]):
            return known[1]
        try:
            self._known[link] = _looked(self._folder, link)
        except TabardError as fault:
            self._known.pop(link, None)
            raise NoDialect(fault.message, where=fault.where, remedy=fault.remedy) from fault
        return self._known[link][1]

    def faults(self) -> tuple[str, ...]:
        """A sentence for each link that has no dialect now; without patient data."""
        told = []
        for link in sorted(self._links):
            try:
                self(link)
            except NoDialect as fault:
                told.append(f"messages of link {link} wait: {fault.message}")
        return tuple(told)


_Stamps = dict[Path, tuple[int, int, int] | None]
"""When each file was last changed, its size and its number; None where there is none."""


def _looked(folder: Path, link: str) -> tuple[_Stamps, Dialect]:
    """The live dialect, and the files it was had from as they were before they were read."""
    stamps = _stamps((history_path(folder, link), head_path(folder, link)))
    entry = live_entry(read_history(folder, link), link)
    stamps |= _stamps((version_path(folder, entry.digest),))
    return stamps, version_of(folder, entry).dialect


def _stamps(paths: Iterable[Path]) -> _Stamps:
    return {path: _stamp(path) for path in paths}


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116  asked for each message: a Path's own way costs twice as much
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _read(path: Path, digest: str) -> Version:
    try:
        raw = path.read_bytes()
        return Version(digest, sha256(raw).hexdigest(), load(str(path)))
    except (OSError, NotFound, BadDialect) as fault:
        raise _altered(path, digest) from fault


def _altered(path: Path, expected: str) -> NoDialect:
    return NoDialect(
        "a dialect version is missing or is not what was approved",
        where=str(path),
        expected=f"the file of {expected[:12]}",
        got="no file that can be read" if not path.is_file() else "another content",
        remedy="put dialects/ back from the hospital's backup, or switch the link back: `tabard link dialect back`",
    )
