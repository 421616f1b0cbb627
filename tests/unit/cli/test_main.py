"""`tabard` itself: its version, its help."""

from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from tabard.cli.main import ROOMS, command_line, tell
from tabard.ground.errors import CallerError


def test_the_version_is_told() -> None:
    """`tabard --version` says which one this is and does nothing else."""
    told = CliRunner().invoke(command_line([]), ["--version"])
    assert (told.exit_code, told.stdout) == (0, f"tabard {version('tabard')}\n")


@pytest.mark.parametrize("arguments", [[], ["demo"], ["link", "add"], ["hospital", "init"]])
def test_help_is_plain(arguments: list[str]) -> None:
    """A flag is not said to take a value, a room of one command is not said to have more, no sentence is cut short."""
    told = CliRunner().invoke(command_line(arguments), [*arguments, "--help"]).stdout
    assert "<bool>" not in told
    assert "..." not in told.replace("[ARGS]...", "")
    assert ("COMMAND" in told) == (arguments == [])
    assert set(ROOMS) <= set(told.split()) or arguments


def test_an_error_of_strangers_words_makes_no_line_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    """What a file or a peer said stands on one line, without escapes; the faults of one document keep a line each."""
    tell(CallerError("it has 2 faults\n  a: b\n  c: d", where="x", got="\x1b[2Jok\n  remedy:   run this"))
    lines = capsys.readouterr().err.splitlines()
    assert lines[:4] == ["tabard: it has 2 faults", "  a: b", "  c: d", "  where:    x"]
    assert lines[4:] == ["  got:      \N{REPLACEMENT CHARACTER}[2Jok   remedy:   run this"]
