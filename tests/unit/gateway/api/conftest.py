"""Fixtures of the FHIR API's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from unit.gateway.api.keeping_world import KeepingWorld


@pytest.fixture
def world(tmp_path: Path) -> Iterator[KeepingWorld]:
    """A fresh pretend hospital that keeps what products write."""
    made = KeepingWorld(tmp_path)
    try:
        yield made
    finally:
        made.close()
