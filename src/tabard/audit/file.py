"""The file of one chain: opened fresh, appended to, made durable."""

import os
from pathlib import Path
from uuid import uuid4

from tabard.audit.chain import Begin, Head, first
from tabard.ground.private_files import sync_folder
from tabard.ground.time import Clock, to_instant

SUFFIX = ".ndjson"
_MODE = 0o600


class ChainFile:
    """One open chain. `append` writes and syncs; after it raises, the file is not to be used again."""

    def __init__(self, folder: Path, clock: Clock, previous: tuple[str, Head] | None) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        now = to_instant(clock())
        chain = str(uuid4())
        file, head = (previous[0], previous[1].digest) if previous else (None, None)
        self.path = folder / f"{_number(file) + 1:08}-{now[:10]}-{chain[:8]}{SUFFIX}"
        line, self.head = first(Begin(chain, now, file, head))
        self._handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, _MODE)
        try:
            self.append(line)
            sync_folder(folder)
        except BaseException:
            self.close()
            self.path.unlink(missing_ok=True)
            raise

    def append(self, lines: bytes) -> None:
        """Write whole `lines` and wait until they are on the disk. Raises OSError."""
        left = memoryview(lines)
        while left:
            left = left[os.write(self._handle, left) :]
        os.fdatasync(self._handle)

    def close(self) -> None:
        """Let the file go."""
        os.close(self._handle)


def _number(name: str | None) -> int:
    return int(name.split("-")[0]) if name else 0
