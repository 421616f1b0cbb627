"""The passphrase of a key, or its token's PIN: out of the environment, a file or typed, never on the command line, where others would read it."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import typer

from tabard.ground.errors import CallerError
from tabard.ground.keys import SigningKey, new_signing_key, read_signing_key, write_signing_key
from tabard.ground.keys_named import NamedKey, is_named, read_named

VARIABLE = "TABARD_PASSPHRASE"
PIN = "TABARD_PIN"
MODULE = "TABARD_PKCS11_MODULE"
_LONGEST_PIN_BYTES = 1024


def read_key(path: Path) -> SigningKey:
    """The private key in `path`, or on the token that a `pkcs11:` URI in its place names.

    Asks for the passphrase, or PIN, where it wants one that the environment does not hold. Raises CallerError when it cannot be read.
    """
    if is_named(str(path)):
        return _on_token(named_key(path))
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


def named_key(uri: Path) -> NamedKey:
    """The key that this URI names, spoken to by the environment's module where it names none. Raises CallerError."""
    named = read_named(str(uri))
    return named if named.module else replace(named, module=os.environ.get(MODULE, ""))


def _on_token(named: NamedKey) -> SigningKey:
    from tabard.ground.keys_token import signing_key_on  # noqa: PLC0415  most keys are in files

    def ask(token: str, is_last: bool) -> str:  # noqa: FBT001  as it is asked
        told = None if is_last else _pin_told(named)
        if told is not None:
            return told
        if not sys.stdin.isatty():
            raise CallerError(
                "one try is left before the token locks: that PIN a person types"
                if is_last
                else "the token wants its PIN",
                where=str(named),
                remedy="run this in a terminal" if is_last else f"set {PIN}, add pin-source=FILE, or use a terminal",
            )
        last = ", the last try before it locks" if is_last else ""
        return str(typer.prompt(f"PIN of {token}{last}", hide_input=True, err=True))

    return signing_key_on(named, ask)


def _pin_told(named: NamedKey) -> str | None:
    """The PIN of the file that the URI names, or of the environment; None where a person has to be asked."""
    if named.pin_file is None:
        return os.environ.get(PIN) or None
    try:
        with named.pin_file.open("rb") as file:
            return file.read(_LONGEST_PIN_BYTES).decode().strip("\r\n")
    except (OSError, UnicodeDecodeError) as fault:
        raise CallerError(
            "the file with the PIN cannot be read", where=str(named.pin_file), got=type(fault).__name__
        ) from fault


def _asked(path: Path) -> str | None:
    if not sys.stdin.isatty():
        return None
    question = f"Passphrase for {path} (empty for none)"
    return (
        typer.prompt(question, default="", show_default=False, hide_input=True, confirmation_prompt=True, err=True)
        or None
    )
