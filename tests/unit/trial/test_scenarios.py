"""Scenarios that products ship: read strictly, bounded, and what cannot be read is told with its file."""

import pytest

from tabard.trial import scenarios_in
from tabard.trial.cast import Part

_GOOD = b'title = "A nurse looks"\npart = 1\nsteps = [{open = "first"}, {click = "Show all"}, {write = "No change", into = "Note"}]'


def test_a_scenario_is_read_with_its_steps() -> None:
    """Title, part, and each step with what it says."""
    (told,) = scenarios_in({"scenarios/look.toml": _GOOD, "index.html": b"", "scenarios/readme.md": b""})
    assert (told.file, told.title, told.part, told.fault) == ("scenarios/look.toml", "A nurse looks", 1, "")
    assert [step.words for step in told.steps] == ["open first", "click Show all", "write No change, into Note"]
    assert told.steps[0].open is Part.first


@pytest.mark.parametrize(
    "text",
    [
        'title = "Two at once"\nsteps = [{open = "first", expect = "x"}]',
        'title = "Nothing open"\nsteps = [{expect = "x"}]',
        'title = "Nobody"\nsteps = [{open = "stranger"}]',
        'title = "Unknown word"\nsteps = [{open = "first"}, {shell = "x"}]',
        'title = "No place"\nsteps = [{open = "first"}, {write = "x"}]',
        'title = "No steps"\nsteps = []',
        'title = "Too long"\nsteps = [{open = "first"}, {wait_s = 999999}]',
        "title = ",
        "\0",
    ],
)
def test_what_is_no_scenario_is_told_and_has_no_steps(text: str) -> None:
    """One thing a step, known words alone, within bounds; the fault is told."""
    (told,) = scenarios_in({"scenarios/bad.toml": text.encode()})
    assert told.fault
    assert told.steps == ()


def test_no_more_than_thirty_are_read() -> None:
    """The next one is told as a fault."""
    told = scenarios_in({f"scenarios/{at:03}.toml": _GOOD for at in range(31)})
    assert [one.file for one in told if one.fault] == ["scenarios/030.toml"]
