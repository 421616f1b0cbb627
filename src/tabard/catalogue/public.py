"""The public folder: plain files that any web server or mirror may hand on, none of which needs to be believed."""

import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkstemp

from tabard.ground.private_files import sync_folder

_READABLE = 0o644


def write_files(files: Mapping[Path, bytes]) -> None:
    """Write these files, each whole or not at all, all of them durable when it returns; folders are made."""
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, content)
    for folder in {path.parent for path in files}:
        sync_folder(folder)


def _write(path: Path, content: bytes) -> None:
    handle, temporary = mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), _READABLE)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
