"""What a part says on its standard output and error: kept apart from our own log, for it may hold patient data.

Two files of a bounded size, of which the older is let go; for the hospital's own user alone.
"""

import os
import threading
from pathlib import Path
from typing import BinaryIO

LARGEST_BYTES = 256 * 1024
_CHUNK_BYTES = 16 * 1024


class Kept:
    """Reads a pipe in a thread of its own until it ends, and keeps the last of it in `path` and `path`.1."""

    def __init__(self, pipe: BinaryIO, path: Path, largest_bytes: int = LARGEST_BYTES) -> None:
        self._pipe = pipe
        self._path = path
        self._largest = largest_bytes
        self._thread = threading.Thread(target=self._run, name="part-output", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Wait until the pipe has ended: every process that could write to it is gone."""
        self._thread.join()

    def _run(self) -> None:
        with self._pipe:
            file = self._open()
            try:
                while chunk := os.read(self._pipe.fileno(), _CHUNK_BYTES):
                    if file.tell() + len(chunk) > self._largest:
                        file.close()
                        self._path.replace(self._path.with_name(f"{self._path.name}.1"))
                        file = self._open()
                    self._write(file, chunk)
            finally:
                file.close()

    def _open(self) -> BinaryIO:
        file = os.open(self._path, os.O_CREAT | os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        opened = os.fdopen(file, "ab", buffering=0)
        opened.seek(0, os.SEEK_END)
        return opened

    def _write(self, file: BinaryIO, chunk: bytes) -> None:
        try:
            file.write(chunk)
        except OSError:  # a disk that is full: the part must go on, and its pipe be emptied
            return
