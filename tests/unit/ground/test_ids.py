"""Keyed ids are HMAC-SHA-256 as the standard library makes it, for any key and any parts."""

import hashlib
import hmac
from uuid import UUID

import pytest
from hypothesis import example, given, strategies as st

from tabard.ground.ids import KeyedIds

_FREE_BITS = ~((0xF << 76) | (0x3 << 62))
"""All bits of a UUID but its version's and its variant's."""


@given(st.binary(max_size=100), st.lists(st.text(), max_size=4))
@example(b"k" * 64, ["a"])
@example(b"k" * 65, ["a"])
def test_an_id_is_the_keyed_digest_of_its_parts(key: bytes, parts: list[str]) -> None:
    """Whatever the key's length, the id is the first 16 bytes of the HMAC (RFC 2104) with version and variant set."""
    told = b"".join(len(raw).to_bytes(4, "big") + raw for raw in map(str.encode, parts))
    digest = int.from_bytes(hmac.digest(key, told, hashlib.sha256)[:16], "big")
    made = UUID(KeyedIds(key).make(*parts))
    assert made.int & _FREE_BITS == digest & _FREE_BITS
    assert (made.version, made.variant) == (8, "specified in RFC 4122")


@pytest.mark.parametrize(
    ("parts", "id_"),
    [
        ((), "5d5d1395-63c9-8b59-a7b9-bd9a8c9b233a"),
        (("Patient", "M42"), "77d1d5ff-8f45-801a-8a2e-817b030cb88c"),
        (("Patient", "https://é", ""), "84841175-e390-8e35-9308-359b54776a80"),
    ],
)
def test_ids_stay_what_they_are(parts: tuple[str, ...], id_: str) -> None:
    """A record is kept for years: the id of the same parts under the same key never changes."""
    assert KeyedIds(b"key").make(*parts) == id_
