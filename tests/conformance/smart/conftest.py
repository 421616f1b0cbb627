"""Fixtures of the SMART tests: what gives out data runs at both hospitals, what only guards tokens and clients at one."""

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


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Where each test runs: the server of tokens and clients is one and the same, so that once is enough where no data is asked."""
    if "smart" in metafunc.fixturenames:
        is_at_both = metafunc.definition.get_closest_marker("at_both_hospitals") is not None
        metafunc.parametrize("smart", ["elsewhere", "millpond"] if is_at_both else ["elsewhere"], indirect=True)


@pytest.fixture
def smart(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SmartWorld]:
    """A fresh pretend hospital with SMART clients of every kind: what it knows came by HL7 v2, or is asked of a Millennium."""
    is_there = request.param == "millpond"
    world = AtMillpond(tmp_path, request.getfixturevalue("chart")) if is_there else SmartWorld(tmp_path)
    try:
        yield world
    finally:
        world.close()
