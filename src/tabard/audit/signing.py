"""Signing the heads of all chains of a folder, each minute while the hospital is served, into a file beside them."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from tabard.audit.chain import Head
from tabard.audit.heads import Chained, HeadLine, following, read_line
from tabard.audit.index import chain_files
from tabard.audit.verification import tail
from tabard.ground.keys import PublicKey, SigningKey, new_signing_key, read_signing_key, write_signing_key
from tabard.ground.private_files import sync_folder, write_private
from tabard.ground.time import Clock, to_instant

FILE = "heads.jsonl"
PUBLIC_FILE = "heads.pub"
KEY_FILE = "audit.key"
_MODE = 0o600
_LONGEST_BYTES = 1 << 20
_log = structlog.get_logger(__name__)

Own = Callable[[], tuple[str, Head] | None]
"""The file and durable head of this process's own chain, from memory: what stands in the file may be somebody else's."""


class Heads:
    """The heads file of one audit folder, signed with `key`. Any thread; other processes may sign too."""

    def __init__(self, folder: Path, key: SigningKey, clock: Clock, own: Own = lambda: None) -> None:
        self._folder = folder
        self._key = key
        self._clock = clock
        self._own = own
        self._seen: dict[str, tuple[int, int]] = {}
        self._known: dict[str, Head] = {}
        self._last: HeadLine | None = None
        self._read_to = 0
        public = folder / PUBLIC_FILE
        if not public.is_file() or public.read_text() != key.public.pem:
            write_private(public, key.public.pem.encode())

    @property
    def path(self) -> Path:
        """The file that the heads stand in."""
        return self._folder / FILE

    def sign(self) -> HeadLine | None:
        """Sign what grew since the last line; None where nothing did. Raises OSError."""
        with self._turn() as handle:
            self._read_on(handle)
            grown = tuple(self._grown())
            if not grown:
                return None
            line = following(self._last, to_instant(self._clock()), grown, self._key)
            os.write(handle, line + b"\n")
            os.fdatasync(handle)
        return read_line(line, self._key.public)

    def _grown(self) -> Iterator[Chained]:
        own = self._own()
        for path in chain_files(self._folder):
            head = own[1] if own is not None and own[0] == path.name else self._head_in(path)
            was = self._known.get(path.name, Head())
            if head is None or head == was:
                continue
            if head.lines <= was.lines:
                _log.error("audit_chain_shortened", file=path.name, lines=head.lines, signed=was.lines)
                continue
            yield Chained(path.name, head.lines, head.digest)

    def _head_in(self, path: Path) -> Head | None:
        """The head of another process's chain; None where its file is as it was when last looked at."""
        told = path.stat()
        looks = (told.st_size, told.st_mtime_ns)
        if path.name in self._known and self._seen.get(path.name) == looks:
            return None
        self._seen[path.name] = looks
        head = tail(path)
        return head if head.lines else None

    def _read_on(self, handle: int) -> None:
        """Take what the file has and was not read yet: our own lines, and those of other processes. No signature is looked at."""
        with os.fdopen(os.dup(handle), "rb") as file:
            file.seek(self._read_to)
            for raw in file:
                line = read_line(raw.rstrip(b"\n"), None)
                if line is not None:
                    self._last = line
                    self._known.update({chain.file: chain.head for chain in line.signed.chains})
            self._read_to = file.tell()

    @contextmanager
    def _turn(self) -> Iterator[int]:
        """The heads file, opened to append and locked against other processes; a line torn by a crash, which nobody was told of, is dropped."""
        is_new = not self.path.exists()
        handle = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, _MODE)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if is_new:
                sync_folder(self._folder)
            _drop_torn(handle)
            yield handle
        finally:
            os.close(handle)


def _drop_torn(handle: int) -> None:
    """Cut a file back to its last whole line."""
    size = os.fstat(handle).st_size
    last = os.pread(handle, _LONGEST_BYTES, max(size - _LONGEST_BYTES, 0))
    torn = len(last) - (last.rfind(b"\n") + 1)
    if torn:
        os.ftruncate(handle, size - torn)


def key_of(folder: Path) -> SigningKey:
    """The hospital's key for heads in `folder` (mode 0600), made where there is none. Raises CallerError for a damaged one.

    Two processes that begin at once agree on one.
    """
    path = folder / KEY_FILE
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not path.exists():
            write_signing_key(path, new_signing_key())
    finally:
        os.close(handle)
    return read_signing_key(path)


def public_key_in(folder: Path) -> PublicKey | None:
    """The public half that lies beside the heads of an audit folder; None where none was ever signed. Raises CallerError."""
    path = folder / PUBLIC_FILE
    return PublicKey.from_pem(path.read_text()) if path.is_file() else None
