"""Fixtures of the gateway's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from unit.gateway.world import World, a_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A fresh pretend hospital."""
    with a_world(tmp_path) as world:
        yield world
