"""Secrets of registered clients: made here, shown once, kept only as a salted digest. Pure but for `new_client_secret`.

A secret holds 256 random bits, so that a slow hash would defend nothing; the salt keeps equal secrets from looking equal.
"""

import hmac
from hashlib import sha256
from secrets import token_hex

from tabard.ground.ids import unguessable

_SCHEME = "sha256"
_SALT_BYTES = 16


def new_client_secret() -> tuple[str, str]:
    """A fresh secret, and what is kept of it."""
    secret = unguessable()
    return secret, digest_of_secret(secret, token_hex(_SALT_BYTES))


def digest_of_secret(secret: str, salt: str) -> str:
    """What is kept of a secret: `sha256$salt$digest`."""
    return f"{_SCHEME}${salt}${sha256(f'{salt}${secret}'.encode()).hexdigest()}"


def is_secret(secret: str, kept: str | None) -> bool:
    """Whether this is the secret of which `kept` was kept, in a time that tells nothing; never where nothing was kept."""
    scheme, _, rest = (kept or "").partition("$")
    salt = rest.partition("$")[0]
    made = digest_of_secret(secret, salt)
    return hmac.compare_digest(made.encode(), (kept or "").encode()) and scheme == _SCHEME
