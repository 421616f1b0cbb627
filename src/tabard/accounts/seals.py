"""Seals: short keyed digests that show that a value is our own, and for which use."""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256

_SEAL_BYTES = 24


class Seals:
    """Makes and checks seals under one key; a seal made for one use is worth nothing for another."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def seal(self, use: str, value: str) -> str:
        """192 bits over use and value, URL-safe."""
        told = b"\x00".join((use.encode(), value.encode()))
        return urlsafe_b64encode(hmac.digest(self._key, told, sha256)[:_SEAL_BYTES]).decode()

    def is_sealed(self, use: str, value: str, seal: str) -> bool:
        """Whether this is the seal of that value for that use, in constant time."""
        return hmac.compare_digest(self.seal(use, value).encode(), seal.encode())

    def close(self, use: str, value: str) -> str:
        """`value.seal`, fit for a cookie. `value` must hold no dot."""
        return f"{value}.{self.seal(use, value)}"

    def open(self, use: str, closed: str) -> str | None:
        """The value of a `value.seal` of ours, or None."""
        value, dot, seal = closed.rpartition(".")
        return value if dot and self.is_sealed(use, value, seal) else None
