"""The bytes of evidence on the disk: by their SHA-256, whole or not at all, and never changed."""

import re
import time
from collections.abc import Container, Iterator
from hashlib import file_digest
from pathlib import Path
from typing import NamedTuple

from tabard.ground.errors import InternalError, NotFound
from tabard.ground.private_files import sync_folder, write_private

SETTLED_S = 3600.0
"""A file that nobody asked for is an orphan once it is so old: a younger one may be on its way into the ledger."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


class EvidenceFiles(NamedTuple):
    """One folder of them."""

    folder: Path

    def write(self, sha256: str, raw: bytes) -> None:
        """Keep these bytes, durably, under their digest. What lies there whole already is left, and what was damaged is mended."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        if not self.is_whole(sha256):
            write_private(self.folder / sha256, raw)

    def is_whole(self, sha256: str) -> bool:
        """Whether those bytes are here, and are still what they were."""
        try:
            with (self.folder / sha256).open("rb") as file:
                return file_digest(file, "sha256").hexdigest() == sha256
        except FileNotFoundError:
            return False

    def path(self, sha256: str) -> Path:
        """Where those bytes lie, just held against their digest. Raises NotFound; InternalError where they were damaged."""
        path = self.folder / sha256
        if not _SHA256.fullmatch(sha256) or not path.is_file():
            raise NotFound("there is no such evidence", got=sha256[:64], remedy="tabard product evidence list")
        if not self.is_whole(sha256):
            raise InternalError(
                "the bytes of this evidence are not what they were",
                where=str(path),
                remedy="restore them from a backup",
            )
        return path

    def orphans(self, known: Container[str], settled_s: float = SETTLED_S) -> Iterator[Path]:
        """Files that are not `known` and have lain here for so long: left by a process that ended before it wrote its line."""
        old = time.time() - settled_s
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            if path.name not in known and path.is_file() and path.stat().st_mtime < old:
                yield path

    def forget(self, paths: tuple[Path, ...]) -> None:
        """Take orphans away."""
        for path in paths:
            path.unlink(missing_ok=True)
        if paths:
            sync_folder(self.folder)
