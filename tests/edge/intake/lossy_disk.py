"""A disk that forgets: an apsw VFS whose writes stay in this process until they are synced.

When the process is killed, everything that SQLite had not synced is gone, as with a power cut on a disk whose cache held
it all. (What was synced goes to a real file, which outlives the process.) Locks and shared memory are the real ones.
"""

import threading
from pathlib import Path

import apsw

NAME, BASE = "lossy", "unix"


class _Image:
    """One file as the process sees it, and what of it is not on the disk yet, in order."""

    def __init__(self, content: bytes) -> None:
        self.content = bytearray(content)
        self.unsynced: list[tuple[int, bytes | None]] = []
        self.lock = threading.Lock()

    def write(self, data: bytes, offset: int) -> None:
        if len(self.content) < offset + len(data):
            self.content.extend(bytes(offset + len(data) - len(self.content)))
        self.content[offset : offset + len(data)] = data
        self.unsynced.append((offset, data))

    def truncate(self, size: int) -> None:
        del self.content[size:]
        self.unsynced.append((size, None))


_images: dict[str, _Image] = {}
_images_lock = threading.Lock()


class LossyDisk(apsw.VFS):
    """Install one, as the default, before anything is opened."""

    def __init__(self) -> None:
        super().__init__(NAME, BASE, makedefault=True)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> "_LossyFile":  # noqa: N802  SQLite's name
        """Open a file as its image."""
        return _LossyFile(name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: FBT001, N802  SQLite's own form
        """Forget the image and delete the file."""
        with _images_lock:
            _images.pop(filename, None)
        super().xDelete(filename, syncdir)


class _LossyFile(apsw.VFSFile):
    """An open file. All openings of one file share its image."""

    def __init__(self, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        super().__init__(BASE, name, flags)
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        with _images_lock:
            if path is None:  # a temporary file, of which nothing is expected to outlive the process
                self._image = _Image(b"")
            else:
                if path not in _images:
                    _images[path] = _Image(Path(path).read_bytes())
                self._image = _images[path]

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802  SQLite's name
        with self._image.lock:
            return bytes(self._image.content[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802  SQLite's name
        with self._image.lock:
            self._image.write(bytes(data), offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802  SQLite's name
        with self._image.lock:
            self._image.truncate(newsize)

    def xFileSize(self) -> int:  # noqa: N802  SQLite's name
        with self._image.lock:
            return len(self._image.content)

    def xSync(self, flags: int) -> None:  # noqa: ARG002, N802  SQLite's own form
        """Put what was written on the disk; the real file is not synced, since only the process dies."""
        with self._image.lock:
            for offset, data in self._image.unsynced:
                if data is None:
                    super().xTruncate(offset)
                else:
                    super().xWrite(data, offset)
            self._image.unsynced.clear()
