"""Ids: stable ones that give nothing away, and unguessable ones."""

import hashlib
import secrets
from collections.abc import Callable

_SECRET_BYTES = 32
_BLOCK_BYTES = 64
"""The block of SHA-256, to which HMAC fills a key up. Source: RFC 2104, 2."""

_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))
_VARIANT = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))
"""The hexadecimal digit with its two upper bits set to 10. Source: RFC 9562, 4.1."""


class KeyedIds:
    """Makes the same id from the same parts, and nobody without the key can go back from id to parts.

    A plain hash of an NHS number is found by trying all of them; a keyed one (HMAC-SHA-256, RFC 2104) is not. The key's
    half of the work is done once here and not for each id.
    """

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        short = key if len(key) <= _BLOCK_BYTES else hashlib.sha256(key).digest()
        block = short.ljust(_BLOCK_BYTES, b"\0")
        self._inner = hashlib.sha256(block.translate(_INNER))
        self._outer = hashlib.sha256(block.translate(_OUTER))

    def make(self, *parts: str) -> str:
        """A UUID (version 8, RFC 9562) from the parts, in order. Parts are kept apart: ("ab", "c") is not ("a", "bc")."""
        told = b""
        for part in parts:
            raw = part.encode()
            told += len(raw).to_bytes(4, "big") + raw
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(told)
        outer.update(inner.digest())
        text = outer.hexdigest()
        return f"{text[:8]}-{text[8:12]}-8{text[13:16]}-{_VARIANT[text[16]]}{text[17:20]}-{text[20:32]}"


def unguessable() -> str:
    """A URL-safe token of 256 random bits."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def new_key() -> bytes:
    """A fresh secret key of 256 bits."""
    return secrets.token_bytes(_SECRET_BYTES)


MakeToken = Callable[[], str]
"""Answers a fresh unguessable token; pure code takes one as an argument."""
