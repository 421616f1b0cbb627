"""Whether the files of a package on disk are those that were accredited.

The package is one sequence of bytes for one set of files: packed again, the files must give the digest that two people
signed. So that asking costs little, nothing is read again while no file's place, size or times have changed.
"""

import os
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from threading import Lock

from tabard.ground.errors import TabardError
from tabard.hospital.model import Install
from tabard.product import pack

_Seen = tuple[tuple[str, int, int, int, int, int], ...]


class Integrity:
    """Remembers what sound folders looked like. Any thread may ask."""

    def __init__(self) -> None:
        self._sound: dict[tuple[Path, str], _Seen] = {}
        self._lock = Lock()

    def fault_of(self, install: Install) -> str | None:
        """What is other than it was in the files of a package; None when nothing is."""
        key = (install.folder, install.sha256)
        try:
            seen = tuple(_look(install.folder))
            with self._lock:
                if self._sound.get(key) == seen:
                    return None
            fault = _fault(install)
        except OSError as error:
            return f"they cannot be read ({error.strerror})"
        if fault is None:
            with self._lock:
                self._sound[key] = seen
        return fault


def _look(folder: Path) -> Iterator[tuple[str, int, int, int, int, int]]:
    """What the file system says of everything in the folder, links not followed."""
    places = [str(folder)]
    while places:
        with os.scandir(places.pop()) as entries:
            for entry in sorted(entries, key=lambda one: one.name):
                told = entry.stat(follow_symlinks=False)
                yield (entry.path, told.st_mode, told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns)
                if entry.is_dir(follow_symlinks=False):
                    places.append(entry.path)


def _fault(install: Install) -> str | None:
    found = _read(install.folder)
    told = _difference(found, install.files)
    if told is not None:
        return told
    try:
        is_the_package = sha256(pack(found)).hexdigest() == install.sha256
    except TabardError:
        is_the_package = False
    return None if is_the_package else "they are not the package's"


def _read(folder: Path) -> dict[str, bytes]:
    """Every file; what is neither file nor folder is told as a file of no name that a package could have."""
    found = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[f"{name} (a symbolic link)"] = b""
        elif path.is_file():
            found[name] = path.read_bytes()
    return found


def _difference(found: Mapping[str, bytes], expected: Mapping[str, str]) -> str | None:
    """The first file, by name, that is missing, new or other than it was."""
    for name in sorted(found.keys() | expected.keys()):
        if name not in found:
            return f"{name} is missing"
        if name not in expected:
            return f"{name} was not in the package"
        if sha256(found[name]).hexdigest() != expected[name]:
            return f"{name} is other than it was"
    return None
