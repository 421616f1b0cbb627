"""A centre for each test, copied from one that is made once."""

from pathlib import Path

import pytest

from unit.catalogue.centre import Centre, a_centre, a_copy


@pytest.fixture(scope="session")
def a_first_centre(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    return a_centre(tmp_path_factory.mktemp("first"))


@pytest.fixture
def centre(a_first_centre: Centre, tmp_path: Path) -> Centre:
    """A centre with its accreditors and no product."""
    return a_copy(a_first_centre, tmp_path / "centre")
