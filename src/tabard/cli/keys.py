"""Public keys on the command line: read from a file that somebody handed over, or from the token that holds the other half."""

from pathlib import Path

from tabard.cli.passphrase import named_key
from tabard.ground.errors import CallerError
from tabard.ground.keys import PublicKey
from tabard.ground.keys_named import is_named

_LARGEST_BYTES = 16 * 1024


def public_key(path: Path) -> PublicKey:
    """The public key in the PEM file `path`, or on the token that a `pkcs11:` URI names (no PIN is asked for it).

    Raises CallerError; for a private key too, whose owner needs a new one.
    """
    if is_named(str(path)):
        from tabard.ground.keys_token import public_key_on  # noqa: PLC0415  most keys are in files

        return public_key_on(named_key(path))
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST_BYTES).decode("ascii")
    except (OSError, UnicodeDecodeError) as fault:
        raise CallerError("the public key cannot be read", where=str(path), expected="a PEM file") from fault
    if "PRIVATE" in text:
        raise CallerError(
            "this is a private key: nobody but its owner may have it",
            where=str(path),
            expected="the public key, as `tabard accredit key` writes and `tabard product sign --new-key` prints it",
            remedy="give the public one; if this key was sent to you, its owner needs a new one",
        )
    return PublicKey.from_pem(text)
