"""A story is played in order, timed, and ended by the first step that fails."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tabard.demo import Failed, Outcome, Ports, Stage, Step, once, play, stage_in, staying
from tabard.demo.making import PRODUCTS
from tabard.demo.ports import free_port
from tabard.demo.products import product_folder
from tabard.demo.waiting import until
from tabard.ground.errors import CallerError
from tabard.product import read_manifest


@pytest.fixture(name="stage")
def _stage(tmp_path: Path) -> Iterator[Stage]:
    made = stage_in(tmp_path, Ports(fhir=0), silence_s=3)
    yield made
    made.clear()


def fails(_stage: Stage) -> str:
    raise Failed("the sky is not blue", expected="blue")


def breaks(_stage: Stage) -> str:
    raise KeyError("patient name")


def passes(_stage: Stage) -> str:
    return "seen"


@pytest.mark.parametrize(
    ("bad", "told"), [(fails, "the sky is not blue; expected: blue"), (breaks, "KeyError while playing")]
)
def test_the_first_failure_ends_the_story(stage: Stage, bad: object, told: str) -> None:
    """What comes after is not played; what went wrong is told, and no content of it."""
    assert callable(bad)
    seen: list[Outcome] = []
    steps = (Step("one", passes), Step("two", bad), Step("three", passes))
    played = play(steps, stage, lambda _step: None, seen.append)
    assert [(one.name, one.ok) for one in seen] == [("one", True), ("two", False)]
    assert not played.ok
    assert told in seen[1].told
    assert "patient name" not in seen[1].told


def test_the_file_of_json_holds_steps_and_addresses(stage: Stage) -> None:
    """Exactly name, ok and seconds for each step, the addresses of the stage, and who may sign in where."""
    played = play((Step("one", passes),), stage, lambda _step: None, lambda _outcome: None)
    assert played.ok
    told = played.told()
    assert set(told) == {"steps", "addresses", "people"}
    assert set(told["steps"][0]) == {"name", "ok", "seconds"}
    assert told["addresses"]["st_elsewhere"] == "http://localhost:8400"
    assert told["addresses"]["millpond_royal_millennium_fhir"].startswith("http://localhost:")


def test_staying_is_the_story_without_its_end() -> None:
    """Both tell the same steps; only `once` recalls, falls silent and stops."""
    assert [one.name for one in once()][: len(staying())] == [one.name for one in staying()]
    assert [step.name for step in once()[len(staying()) :]] == [
        "recall",
        "St Elsewhere: recall obeyed",
        "Millpond: recall obeyed",
        "St Elsewhere: silent feed",
        "St Elsewhere: stop",
        "Millpond: stop",
        "store stops",
    ]
    names = [step.name for step in once()]
    assert len(names) == len(set(names))


def test_a_taken_port_gives_way_to_the_next() -> None:
    """The usual port where it is free, else one above it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert port < free_port(port) < port + 50


def test_waiting_ends() -> None:
    """What does not come true in time fails, by name."""
    until(lambda: True, "it is so")
    with pytest.raises(Failed, match="pigs fly"):
        until(lambda: False, "pigs fly", patience_s=0)


def test_the_demo_brings_its_products() -> None:
    """Both are found and whole; one that does not come with it is refused."""
    for product in PRODUCTS:
        assert read_manifest(product_folder(product)).id == product
    with pytest.raises(CallerError):
        product_folder("no-such-product")
