"""Copying signed heads off: to a file elsewhere, or to an address of the trust. Nothing waits for it, and nothing is lost.

What was copied is marked beside the heads, a number a place; what could not be copied is tried again the next minute, oldest
first, a bounded part at a time.
"""

import os
from collections.abc import Callable
from pathlib import Path

import httpx
import msgspec

from tabard.audit.signing import FILE
from tabard.ground.errors import PeerError
from tabard.ground.private_files import write_private

MOST_BYTES = 256 * 1024
"""As much is copied at once."""

_TIMEOUT_S = 10
_TYPE = "application/x-ndjson"
Give = Callable[[bytes], None]
"""Takes whole lines; raises PeerError where they did not arrive."""


class _Mark(msgspec.Struct, frozen=True):
    """How many bytes of the heads file one place has had."""

    place: str
    bytes: int


class Copying:
    """Copies the heads of `folder` to one `place`, by `give`; `name` is a word that tells its mark from others'."""

    def __init__(self, folder: Path, name: str, place: str, give: Give) -> None:
        self._heads = folder / FILE
        self._mark = folder / f"heads.{name}.json"
        self._place = place
        self._give = give

    def copy(self) -> int:
        """Copy what that place has not had, up to a bound; how many bytes it was. Raises PeerError, OSError."""
        had = self._had()
        lines = self._lines_after(had)
        if lines:
            self._give(lines)
            told = _Mark(self._place, had + len(lines))
            write_private(self._mark, msgspec.json.encode(told))
        return len(lines)

    def _had(self) -> int:
        """Another place, or a heads file that became shorter, gets all of it."""
        try:
            mark = msgspec.json.decode(self._mark.read_bytes(), type=_Mark)
            is_good = mark.place == self._place and mark.bytes <= self._heads.stat().st_size
        except (OSError, msgspec.MsgspecError):
            return 0
        return mark.bytes if is_good else 0

    def _lines_after(self, place: int) -> bytes:
        if not self._heads.is_file():
            return b""
        with self._heads.open("rb") as file:
            file.seek(place)
            read = file.read(MOST_BYTES)
        return read[: read.rfind(b"\n") + 1]


def to_file(path: Path) -> Give:
    """Appends to a file, synced, made (mode 0600) where it is not there."""

    def give(lines: bytes) -> None:
        try:
            handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.write(handle, lines)
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as fault:
            raise PeerError("heads cannot be copied", where=str(path), got=fault.strerror or "") from fault

    return give


def to_address(url: str, token: str | None, client: httpx.Client) -> Give:
    """Posts to an address, which must answer 2xx; it is never followed elsewhere, and its answer is not read."""
    headers = {"content-type": _TYPE} | ({} if token is None else {"authorization": f"Bearer {token}"})

    def give(lines: bytes) -> None:
        try:
            with client.stream(
                "POST", url, content=lines, headers=headers, timeout=_TIMEOUT_S, follow_redirects=False
            ) as answer:
                status = answer.status_code
        except httpx.HTTPError as fault:
            raise PeerError("heads cannot be sent", where=url, got=type(fault).__name__) from fault
        if not httpx.codes.is_success(status):
            raise PeerError("heads are not taken", where=url, expected="2xx", got=str(status))

    return give
