"""A store of its own for each test."""

from pathlib import Path

import pytest

from unit.store.world import World, world as made


@pytest.fixture
def world(tmp_path: Path) -> World:
    return made(tmp_path)
