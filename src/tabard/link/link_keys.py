"""The key with which a link signs in at its record system: made here, its public half registered there.

ES384, one of the two that Millennium takes. Source: SMART App Launch 2.2, "Client Authentication: Asymmetric".
"""

from pathlib import Path

from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from tabard.ground.errors import CallerError
from tabard.ground.private_files import write_private

KEYS = "keys"
_CURVE = "P-384"


def make_link_key(folder: Path, link: str) -> str:
    """Make the private key of `link` in the hospital's `folder` and answer its file name; one that is there is kept."""
    name, keys = f"link-{link}.pem", folder / KEYS
    keys.mkdir(mode=0o700, exist_ok=True)
    if not (keys / name).exists():
        key = ECKey.generate_key(_CURVE)
        write_private(keys / name, key.as_pem(private=True))
    return name


def keep_link_secret(folder: Path, link: str, secret: str) -> str:
    """Keep the client secret of `link` in the hospital's `folder`; answers its file name."""
    name, keys = f"link-{link}.secret", folder / KEYS
    keys.mkdir(mode=0o700, exist_ok=True)
    write_private(keys / name, secret.strip().encode())
    return name


def read_link_key(folder: Path, name: str) -> ECKey:
    """The private key in the file `name` of the hospital's keys. Raises CallerError when it is not there or is none."""
    path = folder / KEYS / name
    try:
        return ECKey.import_key(path.read_bytes())
    except (OSError, ValueError, JoseError) as fault:
        raise _unreadable(path) from fault


def read_link_secret(folder: Path, name: str) -> str:
    """The client secret in the file `name` of the hospital's keys. Raises CallerError."""
    path = folder / KEYS / name
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise _unreadable(path) from fault


def public_pem(key: ECKey) -> str:
    """The public half as PEM: what is registered at the record system."""
    return key.as_pem(private=False).decode()


def public_jwk(key: ECKey) -> dict[str, str]:
    """The public half as a JWK with its thumbprint (RFC 7638) as `kid`."""
    told = {name: str(value) for name, value in key.as_dict(private=False).items() if name in {"kty", "crv", "x", "y"}}
    return {**told, "kid": key.thumbprint(), "alg": "ES384", "use": "sig"}


def _unreadable(path: Path) -> CallerError:
    return CallerError(
        "the key of the link cannot be read",
        where=str(path),
        remedy="restore it from the hospital's backup, or add the link again and register its new key",
    )
