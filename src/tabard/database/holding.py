"""Holding a folder: its files belong to one process at a time, whatever way that process ends."""

import fcntl
import os
from pathlib import Path

from tabard.ground.errors import CallerError


class Hold:
    """A lock file held; made by `hold` only. The system lets go of it when the process ends, however that ends."""

    __slots__ = ("_handle",)

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def release(self) -> None:
        """Let go, for others to hold it. Once."""
        os.close(self._handle)


def hold(path: Path, remedy: str) -> Hold:
    """Hold the lock file `path`, made (mode 0600) when it is not there.

    Raises CallerError with the `remedy` when it is held already, by this process or another.
    """
    handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as fault:
        os.close(handle)
        raise CallerError("the folder is in use by another process", where=str(path.parent), remedy=remedy) from fault
    return Hold(handle)
