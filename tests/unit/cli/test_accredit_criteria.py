"""`tabard accredit judge`: one thing at a time, and a word that fits what is chosen; asked before any store is."""

import pytest
from typer.testing import CliRunner

from tabard.cli.accredit import app
from tabard.ground.errors import CallerError

_AT = ("--store", "http://localhost:9", "--key", "nowhere.pem", "--reason", "I looked at all of it.")
ONE = ("--criterion", "dtac-2.0/C3.1")


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ((), "one thing at a time"),
        ((*ONE, "--waiting", "--status", "met"), "one thing at a time"),
        (("--waiting", "--todo", "C1"), "one thing at a time"),
        (ONE, "judged by a word"),
        (("--waiting", "--status", "not_met"), "you agree with the maker"),
        (("--todo", "C1", "--status", "met"), "met with that condition"),
        (("--waiting", "--condition", "C1"), "goes with --criterion"),
    ],
)
def test_what_does_not_fit_is_refused(asked: tuple[str, ...], why: str) -> None:
    """With what is expected."""
    done = CliRunner().invoke(app, ["judge", "abc", *_AT, *asked])
    assert isinstance(done.exception, CallerError)
    assert why in done.exception.message
