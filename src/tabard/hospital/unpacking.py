"""A package's files on disk: put there whole or not at all, for reading only."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp

from tabard.ground.private_files import sync_folder

_FILE, _FOLDER, _OPEN = 0o400, 0o500, 0o700


def unpack(files: Mapping[str, bytes], into: Path) -> None:
    """Write `files` (a package's: names already judged) as the folder `into`, in place of what is there."""
    into.parent.mkdir(mode=_OPEN, parents=True, exist_ok=True)
    stage = Path(mkdtemp(dir=into.parent, prefix=".stage-"))
    try:
        for name, content in files.items():
            _write(stage / name, content)
        _close(stage)
        remove(into)
        stage.rename(into)
    except BaseException:
        remove(stage)
        raise
    into.chmod(_FOLDER)
    sync_folder(into.parent)


def remove(folder: Path) -> None:
    """Remove a folder that was unpacked, if it is there."""
    if not folder.is_dir():
        return
    for place, _, _ in os.walk(folder):
        Path(place).chmod(_OPEN)
    shutil.rmtree(folder)


def sweep(folder: Path, keep: frozenset[str]) -> None:
    """Remove from a product's folder every unpacked version whose name is not to be kept, and the folder once it is empty."""
    if not folder.is_dir():
        return
    for place in folder.iterdir():
        if place.name not in keep:
            remove(place)
    if not any(folder.iterdir()):
        folder.rmdir()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=_OPEN, parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(_FILE)


def _close(stage: Path) -> None:
    """Everything below is for reading; the stage itself stays open until it has its name, as a rename may need."""
    for place, folders, _ in os.walk(stage, topdown=False):
        for name in folders:
            (Path(place) / name).chmod(_FOLDER)
        sync_folder(Path(place))
