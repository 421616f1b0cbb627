"""What every test shares: Hypothesis that tells the same story each time, and a PostgreSQL server where one is asked for."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from postgres import Postgres

settings.register_profile("tabard", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tabard")


@pytest.fixture(scope="session")
def postgres() -> Iterator["Postgres"]:
    """A PostgreSQL server, started by the first test that asks; one for each process of tests."""
    from postgres import Postgres  # noqa: PLC0415  most runs need no server, and its driver takes a while to import

    running = Postgres()
    yield running
    running.remove()
