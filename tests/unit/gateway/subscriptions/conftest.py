"""Fixtures of the tests of subscriptions."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from unit.gateway.subscriptions.subscribed import Subscribed, a_subscribed


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Subscribed]:
    """A fresh pretend hospital whose clients subscribe."""
    with a_subscribed(tmp_path) as made:
        yield made
