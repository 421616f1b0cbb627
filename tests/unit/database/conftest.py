"""A place of its own for each test, on either engine."""

from pathlib import Path

import pytest

from postgres import Postgres
from tabard.database import Place, Server


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty database of the engine that is the parameter."""
    if request.param == "postgresql":
        running: Postgres = request.getfixturevalue("postgres")
        return running.new_place()
    return tmp_path / "a.db"


@pytest.fixture
def at_server(postgres: Postgres) -> Server:
    """An empty schema of PostgreSQL."""
    return postgres.new_place()
