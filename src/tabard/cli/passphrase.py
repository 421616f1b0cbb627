"""The passphrase of a key: out of the environment or typed, never on the command line, where others would read it."""

import os
import sys
from pathlib import Path

import typer

from tabard.ground.errors import CallerError
from tabard.ground.keys import SigningKey, new_signing_key, read_signing_key, write_signing_key

VARIABLE = "TABARD_PASSPHRASE"


def read_key(path: Path) -> SigningKey:
    """The private key in `path`; asks for its passphrase where it wants one that the environment does not hold.

    Raises CallerError when it cannot be read.
    """
    told = os.environ.get(VARIABLE) or None
    try:
        return read_signing_key(path)
    except CallerError as fault:
        if not isinstance(fault.__cause__, TypeError):
            raise
        if told is None and not sys.stdin.isatty():
            raise CallerError(
                "the key wants its passphrase", where=str(path), remedy=f"set {VARIABLE}, or run this in a terminal"
            ) from fault
    return read_signing_key(path, told or typer.prompt(f"Passphrase of {path}", hide_input=True, err=True))


def make_key(path: Path) -> SigningKey:
    """A new key, kept in `path` under the environment's passphrase, or one that is asked for (none: not encrypted).

    Raises CallerError when there is a file already.
    """
    key = new_signing_key()
    write_signing_key(path, key, os.environ.get(VARIABLE) or _asked(path))
    return key


def _asked(path: Path) -> str | None:
    if not sys.stdin.isatty():
        return None
    question = f"Passphrase for {path} (empty for none)"
    return (
        typer.prompt(question, default="", show_default=False, hide_input=True, confirmation_prompt=True, err=True)
        or None
    )
