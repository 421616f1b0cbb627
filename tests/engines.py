"""On which engine the records of the tests' hospitals are: files of SQLite, or schemas of the tests' own PostgreSQL.

`TABARD_RECORD=postgresql` puts all of them there; tests marked `on_both_engines` run once on each whatever it says.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tabard.database import Place, Server

if TYPE_CHECKING:
    from postgres import Postgres

SQLITE, POSTGRESQL = "sqlite", "postgresql"
CHOSEN = os.environ.get("TABARD_RECORD", SQLITE)
"""What the environment asks for."""


@dataclass
class Engines:
    """What this process of tests uses now; the server is started by the first record that needs it."""

    now: str = CHOSEN
    places: dict[Path, Server] = field(default_factory=dict)
    running: "Postgres | None" = None

    def server(self) -> "Postgres":
        """The PostgreSQL server of this process."""
        if self.running is None:
            from postgres import Postgres  # noqa: PLC0415  most runs need no server, and its driver takes a while to import

            self.running = Postgres()
        return self.running

    def end(self) -> None:
        """Stop the server, where one was started, and take its data away."""
        if self.running is not None:
            self.running.remove()
            self.running = None


ENGINES = Engines()
"""Those of this process."""


def record_in(folder: Path) -> Place:
    """Where the record of the hospital in `folder` is: the same at each asking."""
    if ENGINES.now != POSTGRESQL:
        return folder / "record.db"
    if folder not in ENGINES.places:
        ENGINES.places[folder] = ENGINES.server().new_place()
    return ENGINES.places[folder]


def record_url(folder: Path) -> str | None:
    """The same as `tabard hospital init --record` takes it; None for the file in the folder."""
    place = record_in(folder)
    return place.url if isinstance(place, Server) else None
