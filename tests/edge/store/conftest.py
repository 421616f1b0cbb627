"""One served store for a module."""

from collections.abc import Iterator

import pytest

from edge.store.people import Place, Served, place


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A store that answers, with its people."""
    made = place(tmp_path_factory.mktemp("centre"))
    served = Served(made.folder)
    yield made
    assert served.stop() == 0
