"""Cursors: where a page ended, sealed so that only the record makes them and each fits only its own query.

The caller sees opaque text. A cursor that was changed, or belongs to another query or another record, is refused.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

import msgspec

from tabard.record.errors import BadSearch

_SEAL_BYTES = 16


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """The last row of a page, and as of which write the rows are kept in order.

    `query` is the digest of the query; `as_of` and `newest_key` are the last write and the newest resource when the
    first page was made; `key` is of the last row. Its place in the order is not told: that may be somebody's name.
    """

    query: bytes
    as_of: int
    newest_key: int
    key: int


def digest_query(resource_type: str, parameters: Sequence[tuple[str, str]]) -> bytes:
    """What a cursor is bound to: the type and the parameters, in order."""
    return hashlib.sha256(msgspec.json.encode((resource_type, parameters))).digest()[:_SEAL_BYTES]


def seal(key: bytes, cursor: Cursor) -> str:
    """The cursor as URL-safe text."""
    told = msgspec.json.encode(cursor)
    return urlsafe_b64encode(_mac(key, told) + told).decode().rstrip("=")


def unseal(key: bytes, text: str, query: bytes) -> Cursor:
    """The cursor in `text`. Raises BadSearch unless this record sealed it for this very query."""
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        is_ours = hmac.compare_digest(_mac(key, raw[_SEAL_BYTES:]), raw[:_SEAL_BYTES])
        is_plain = hmac.compare_digest(urlsafe_b64encode(raw).rstrip(b"="), text.encode())  # one spelling each
    except ValueError:
        is_ours = is_plain = False
        raw = b""
    if not (is_ours and is_plain):
        raise _refused()
    try:
        cursor = msgspec.json.decode(raw[_SEAL_BYTES:], type=Cursor)
    except msgspec.DecodeError as error:  # ours, sealed by an older edition
        raise _refused() from error
    if cursor.query != query:
        raise _refused()
    return cursor


def _mac(key: bytes, told: bytes) -> bytes:
    return hmac.digest(key, told, hashlib.sha256)[:_SEAL_BYTES]


def _refused() -> BadSearch:
    return BadSearch(
        "The cursor does not belong to this search.",
        expected="the next link of this very search, unchanged",
        remedy="Begin the search again without a cursor.",
    )
