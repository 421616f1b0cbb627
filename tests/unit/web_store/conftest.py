"""One store in which much was judged, for all tests that only look."""

from collections.abc import Iterator

import pytest

from unit.web_store.judged import Judged, judged_in
from unit.web_store.world import PORT


@pytest.fixture(scope="session", name="judged")
def _judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judged]:
    with judged_in(tmp_path_factory.mktemp("judged"), PORT) as made:
        yield made
