"""What every test shares: Hypothesis that tells the same story each time, and the engine on which records are."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from engines import CHOSEN, ENGINES, POSTGRESQL, SQLITE

if TYPE_CHECKING:
    from postgres import Postgres

settings.register_profile("tabard", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tabard")

_BOTH = "on_both_engines"
_AT_BOTH = "at_both_hospitals"


def pytest_configure(config: pytest.Config) -> None:
    """Name the marks."""
    config.addinivalue_line("markers", f"{_BOTH}: run once with the record on SQLite and once on PostgreSQL")
    config.addinivalue_line(
        "markers", f"{_AT_BOTH}: run where all is in the record, and where results are asked of a Millennium"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is marked on both engines."""
    if metafunc.definition.get_closest_marker(_BOTH) is not None:
        metafunc.parametrize("_engine", [SQLITE, POSTGRESQL], indirect=True)


@pytest.fixture(autouse=True)
def _engine(request: pytest.FixtureRequest) -> Iterator[None]:
    """The engine of this test: made before anything else of it."""
    ENGINES.now = getattr(request, "param", CHOSEN)
    yield
    ENGINES.now = CHOSEN


def pytest_sessionfinish() -> None:
    """Stop what was started."""
    ENGINES.end()


@pytest.fixture(scope="session")
def postgres() -> "Postgres":
    """A PostgreSQL server, started by the first test that asks; one for each process of tests."""
    return ENGINES.server()
