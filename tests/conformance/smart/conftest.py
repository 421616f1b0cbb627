"""Fixtures of the SMART tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.smart.smart_world import SmartWorld, smart_world


@pytest.fixture
def smart(tmp_path: Path) -> Iterator[SmartWorld]:
    """A fresh pretend hospital with SMART clients of every kind."""
    with smart_world(tmp_path) as world:
        yield world
