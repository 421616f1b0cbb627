"""Ids: stable ones that give nothing away, and unguessable ones."""

import hashlib
import hmac
import secrets
from collections.abc import Callable

_SECRET_BYTES = 32


class KeyedIds:
    """Makes the same id from the same parts, and nobody without the key can go back from id to parts.

    A plain hash of an NHS number is found by trying all of them; a keyed one is not.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def make(self, *parts: str) -> str:
        """A UUID (version 8, RFC 9562) from the parts, in order. Parts are kept apart: ("ab", "c") is not ("a", "bc")."""
        told = b"".join(len(raw).to_bytes(4, "big") + raw for raw in (part.encode() for part in parts))
        digest = bytearray(hmac.digest(self._key, told, hashlib.sha256)[:16])
        digest[6] = (digest[6] & 0x0F) | 0x80
        digest[8] = (digest[8] & 0x3F) | 0x80
        text = digest.hex()
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def unguessable() -> str:
    """A URL-safe token of 256 random bits."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def new_key() -> bytes:
    """A fresh secret key of 256 bits."""
    return secrets.token_bytes(_SECRET_BYTES)


MakeToken = Callable[[], str]
"""Answers a fresh unguessable token; pure code takes one as an argument."""
