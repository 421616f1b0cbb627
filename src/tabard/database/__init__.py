"""Database: SQLite files opened one way everywhere, their schema brought up to date, and a folder held by one process."""

from importlib import import_module
from typing import TYPE_CHECKING

from tabard.database.files import BUSY_TIMEOUT_MS, connect, read_only
from tabard.database.holding import Hold, hold
from tabard.database.migrations import migrate

if TYPE_CHECKING:
    from tabard.database.engines import engine

__all__ = ["BUSY_TIMEOUT_MS", "Hold", "connect", "engine", "hold", "migrate", "read_only"]


def __getattr__(name: str) -> object:
    """`engine` when it is first asked for: SQLAlchemy takes a fifth of a second to import, and most commands need none."""
    if name == "engine":
        return import_module("tabard.database.engines").engine
    raise AttributeError(name)
