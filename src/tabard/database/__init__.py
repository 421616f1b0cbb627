"""Database: SQLite files opened one way everywhere, and their schema brought up to date."""

from tabard.database.engines import engine
from tabard.database.files import BUSY_TIMEOUT_MS, connect, read_only
from tabard.database.migrations import migrate

__all__ = ["BUSY_TIMEOUT_MS", "connect", "engine", "migrate", "read_only"]
