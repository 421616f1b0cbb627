"""How the parts are, in a file beside them: for a command of another process. It tells nothing about patients."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import msgspec

from tabard.ground.errors import CallerError
from tabard.ground.private_files import write_private
from tabard.runner.memory import held_by
from tabard.runner.model import Health, State

_FILE, _LOCK = "state.json", "lock"


class _Told(msgspec.Struct):
    health: Health
    pid: int | None


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Let this process be the one that runs the parts in `folder`. Raises CallerError where another does."""
    file = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise CallerError(
                "another process runs the products' servers of this hospital",
                where=str(folder),
                remedy="serve a hospital once",
            ) from fault
        yield
    finally:
        os.close(file)


def tell(folder: Path, told: Sequence[tuple[Health, int | None]]) -> None:
    """Write how the parts are, each with its process outside."""
    write_private(folder / _FILE, msgspec.json.encode([_Told(health, pid) for health, pid in told]))


def told_in(folder: Path) -> tuple[Health, ...]:
    """How the parts of the hospital whose parts are in `folder` are, as another process has it; () where none serves it."""
    if not (folder / _FILE).exists() or not _is_held(folder):
        return ()
    told = msgspec.json.decode((folder / _FILE).read_bytes(), type=list[_Told])
    return tuple(_with_memory(one.health, one.pid) for one in told)


def _with_memory(health: Health, pid: int | None) -> Health:
    return replace(health, memory_bytes=held_by(pid) if pid is not None and health.state is State.running else None)


def _is_held(folder: Path) -> bool:
    try:
        file = os.open(folder / _LOCK, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(file)
