"""One certified provider for a file of tests, and a hospital for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.sign_in.a_house import (
    CLIENT,
    House,
    a_house,
)
from conformance.sign_in.a_provider import RunningProvider, a_provider


@pytest.fixture(scope="module")
def provider() -> Iterator[RunningProvider]:
    """One provider for all that only ask it."""
    with a_provider([CLIENT]) as running:
        yield running


@pytest.fixture
def house(tmp_path: Path, provider: RunningProvider) -> Iterator[House]:
    """A hospital that signs in there."""
    with a_house(tmp_path, provider.issuer) as made:
        yield made
