"""A centre, a mirror of its catalogue, and a site that reads the mirror."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.catalogue.mirror import Mirror, a_web_mirror
from tabard.catalogue import Client, Patience
from unit.catalogue.centre import Centre, a_centre, a_copy

SHORT = Patience(silence_s=0.3, file_s=0.6, package_s=0.6)
"""Long enough for a loopback, short enough for a test of slowness."""


@pytest.fixture(scope="session")
def a_first_centre(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    return a_centre(tmp_path_factory.mktemp("first"))


@pytest.fixture
def centre(a_first_centre: Centre, tmp_path: Path) -> Centre:
    """A centre that has published ward-board 1.0.0."""
    centre = a_copy(a_first_centre, tmp_path / "centre")
    centre.publishing.publish(centre.entry())
    return centre


@pytest.fixture(params=["folder", "web"])
def mirror(request: pytest.FixtureRequest, centre: Centre, tmp_path: Path) -> Iterator[Mirror]:
    """The catalogue as it is, handed on by a folder and by a web server."""
    if request.param == "folder":
        mirror = Mirror(tmp_path / "mirror", str(tmp_path / "mirror"))
        mirror.copy(centre.public)
        yield mirror
        return
    with a_web_mirror(tmp_path / "mirror") as mirror:
        mirror.copy(centre.public)
        yield mirror


@pytest.fixture
def web(centre: Centre, tmp_path: Path) -> Iterator[Mirror]:
    """The catalogue as it is, handed on by a web server."""
    with a_web_mirror(tmp_path / "mirror") as mirror:
        mirror.copy(centre.public)
        yield mirror


@pytest.fixture
def site(centre: Centre, mirror: Mirror, tmp_path: Path) -> Client:
    """A site that has read the catalogue once."""
    client = Client(tmp_path / "site", mirror.source, centre.publishing.root(), centre.clock)
    client.refresh()
    return client
