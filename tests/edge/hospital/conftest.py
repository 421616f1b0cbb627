"""A centre and a hospital that trusts it, for each test its own."""

from pathlib import Path

import pytest

from unit.hospital.a_centre import Centre, Clock, Site, site


@pytest.fixture
def clock() -> Clock:
    """The time, which a test sets."""
    return Clock()


@pytest.fixture
def centre(tmp_path: Path, clock: Clock) -> Centre:
    """A centre that has published nothing."""
    return Centre(tmp_path, clock)


@pytest.fixture
def here(tmp_path: Path, centre: Centre, clock: Clock) -> Site:
    """A hospital that trusts the centre and has installed nothing."""
    return site(tmp_path / "h", centre, clock)
