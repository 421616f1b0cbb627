"""Taking turns at a folder: a second writer waits a little for the first, then is told who is in the way."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from tabard.database import Hold, hold
from tabard.ground.errors import CallerError

_PATIENCE_S = 30.0
_AGAIN_AFTER_S = 0.02
_REMEDY = "wait until the other command has ended, then try again"


@contextmanager
def turn(folder: Path, patience_s: float = _PATIENCE_S) -> Iterator[None]:
    """Hold the folder's `lock`, among threads and processes. Raises CallerError after `patience_s` seconds in vain."""
    held = _hold(folder / "lock", monotonic() + patience_s)
    try:
        yield
    finally:
        held.release()


def _hold(path: Path, until: float) -> Hold:
    while True:
        try:
            return hold(path, _REMEDY)
        except CallerError:
            if monotonic() >= until:
                raise
            sleep(_AGAIN_AFTER_S)
