"""Keys on the command line: read with a passphrase that is asked for, or stands in `TABARD_PASSPHRASE`."""

import os
from pathlib import Path

import typer

from tabard.ground.errors import CallerError
from tabard.ground.keys import PublicKey, SigningKey, read_signing_key

VARIABLE = "TABARD_PASSPHRASE"
_LARGEST_BYTES = 16 * 1024
_ENCRYPTED = b"ENCRYPTED"


def signing_key(path: Path) -> SigningKey:
    """The private key in `path`; where it is encrypted the passphrase comes from the variable, or is asked for."""
    is_encrypted = path.is_file() and _ENCRYPTED in path.read_bytes()[:_LARGEST_BYTES]
    return read_signing_key(path, passphrase(f"Passphrase of {path}") if is_encrypted else None)


def public_key(path: Path) -> PublicKey:
    """The public key in the PEM file `path`. Raises CallerError; of a private key it says so, and keeps it to itself."""
    try:
        text = path.read_bytes()[:_LARGEST_BYTES].decode("ascii")
    except (OSError, UnicodeDecodeError) as fault:
        raise CallerError("the public key cannot be read", where=str(path), expected="a PEM file") from fault
    if "PRIVATE" in text:
        raise CallerError(
            "this is a private key: nobody but its owner may have it",
            where=str(path),
            expected="the public key, which `tabard accredit key` and `tabard product sign --new-key` write beside it",
            remedy="give the .pub file; if the private key was sent to you, its owner needs a new one",
        )
    return PublicKey.from_pem(text)


def passphrase(words: str, *, is_new: bool = False) -> str:
    """The passphrase: of the variable, else as typed, twice where it is new."""
    return os.environ.get(VARIABLE) or str(
        typer.prompt(words, hide_input=True, err=True, confirmation_prompt=is_new, default="" if is_new else None)
    )
