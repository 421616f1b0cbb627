"""Database: SQLite files and PostgreSQL databases opened one way everywhere, their schema brought up to date; a folder held."""

from importlib import import_module
from typing import TYPE_CHECKING

from tabard.database.connections import Connection, Flavour, Readers, Result
from tabard.database.errors import DatabaseAway, DatabaseRefused
from tabard.database.files import BUSY_TIMEOUT_MS, connect, read_only
from tabard.database.holding import Hold, hold
from tabard.database.migrations import Step, migrate
from tabard.database.opening import open_readers, open_writer
from tabard.database.place import Place, Server, server

if TYPE_CHECKING:
    from tabard.database.engines import engine

__all__ = [
    "BUSY_TIMEOUT_MS",
    "Connection",
    "DatabaseAway",
    "DatabaseRefused",
    "Flavour",
    "Hold",
    "Place",
    "Readers",
    "Result",
    "Server",
    "Step",
    "connect",
    "engine",
    "hold",
    "migrate",
    "open_readers",
    "open_writer",
    "read_only",
    "server",
]


def __getattr__(name: str) -> object:
    """`engine` when it is first asked for: SQLAlchemy takes a fifth of a second to import, and most commands need none."""
    if name == "engine":
        return import_module("tabard.database.engines").engine
    raise AttributeError(name)
