"""Fixtures of the SMART tests: every one runs at both hospitals, but where its file says why not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.smart.millpond import AtMillpond, Chart, a_chart
from conformance.smart.smart_world import SmartWorld


@pytest.fixture(scope="session")
def chart() -> Iterator[Chart]:
    """The Millennium behind all hospitals that stand before one."""
    with a_chart() as made:
        yield made


@pytest.fixture(params=["elsewhere", "millpond"])
def smart(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SmartWorld]:
    """A fresh pretend hospital with SMART clients of every kind: what it knows came by HL7 v2, or is asked of a Millennium."""
    is_there = request.param == "millpond"
    world = AtMillpond(tmp_path, request.getfixturevalue("chart")) if is_there else SmartWorld(tmp_path)
    try:
        yield world
    finally:
        world.close()
