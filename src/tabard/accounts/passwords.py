"""Passwords: made at random, kept only as scrypt digests, compared in constant time. Source: RFC 7914."""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP_LENGTH = 4, 5
_SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Cost:
    """How dear one digest is: 2**log2_n blocks of 128*r bytes, p times over."""

    log2_n: int = 15
    r: int = 8
    p: int = 3

    @property
    def memory_bytes(self) -> int:
        """What scrypt needs at most, with room to spare."""
        return 128 * self.r * ((1 << self.log2_n) + self.p + 2) + (1 << 20)


STANDARD = Cost()
"""32 MiB and three rounds: OWASP's advice for scrypt where less memory than 128 MiB is to be had."""


def random_password() -> str:
    """A password of 99 random bits that can be read aloud: no letter is taken for another."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS))


def digest(password: str, cost: Cost = STANDARD) -> str:
    """`scrypt$log2n$r$p$salt$digest` of a password under a fresh salt."""
    salt = secrets.token_bytes(_SALT_BYTES)
    parts = (b64encode(salt).decode(), b64encode(_scrypt(password, salt, cost)).decode())
    return "$".join(("scrypt", str(cost.log2_n), str(cost.r), str(cost.p), *parts))


def is_right(password: str, kept: str) -> bool:
    """Whether `kept` is the digest of `password`. Takes as long for a wrong one as for a right one."""
    _, log2_n, r, p, salt, wanted = kept.split("$")
    cost = Cost(int(log2_n), int(r), int(p))
    return hmac.compare_digest(_scrypt(password, b64decode(salt), cost), b64decode(wanted))


def _scrypt(password: str, salt: bytes, cost: Cost) -> bytes:
    return hashlib.scrypt(
        password.encode(), salt=salt, n=2**cost.log2_n, r=cost.r, p=cost.p, maxmem=cost.memory_bytes, dklen=32
    )
