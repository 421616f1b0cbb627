"""A story is played in order, timed, and ended by the first step that fails."""

import socket
from pathlib import Path

import pytest

from tabard.demo import Failed, Outcome, Stage, Step, once, play, staying
from tabard.demo.ports import free_port
from tabard.demo.products import product_folder
from tabard.demo.waiting import until
from tabard.ground.errors import CallerError
from tabard.product import read_manifest


def a_stage(folder: Path) -> Stage:
    return Stage(folder, web_port=8400, mllp_port=2575, silence_s=3)


def fails(_stage: Stage) -> str:
    raise Failed("the sky is not blue", expected="blue")


def breaks(_stage: Stage) -> str:
    raise KeyError("patient name")


def passes(_stage: Stage) -> str:
    return "seen"


@pytest.mark.parametrize(
    ("bad", "told"), [(fails, "the sky is not blue; expected: blue"), (breaks, "KeyError while playing")]
)
def test_the_first_failure_ends_the_story(tmp_path: Path, bad: object, told: str) -> None:
    """What comes after is not played; what went wrong is told, and no content of it."""
    assert callable(bad)
    seen: list[Outcome] = []
    steps = (Step("one", passes), Step("two", bad), Step("three", passes))
    played = play(steps, a_stage(tmp_path), lambda _step: None, seen.append)
    assert [(one.name, one.ok) for one in seen] == [("one", True), ("two", False)]
    assert not played.ok
    assert told in seen[1].told
    assert "patient name" not in seen[1].told


def test_the_file_of_json_holds_steps_and_addresses(tmp_path: Path) -> None:
    """Exactly name, ok and seconds for each step, and the addresses of the stage."""
    played = play((Step("one", passes),), a_stage(tmp_path), lambda _step: None, lambda _outcome: None)
    assert played.ok
    told = played.told()
    assert set(told) == {"steps", "addresses"}
    assert set(told["steps"][0]) == {"name", "ok", "seconds"}
    assert told["addresses"]["ward_board"] == "http://ward-board.localhost:8400"


def test_staying_is_the_story_without_its_end() -> None:
    """Both tell the same steps; only `once` falls silent and stops."""
    assert once()[: len(staying())] == staying()
    assert [step.name for step in once()[len(staying()) :]] == ["silent feed", "stop"]


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


def test_the_demo_brings_the_ward_board() -> None:
    """Its product is found and whole; one that does not come with it is refused."""
    assert read_manifest(product_folder("ward-board")).id == "ward-board"
    with pytest.raises(CallerError):
        product_folder("no-such-product")
