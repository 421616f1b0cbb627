"""Paging cursors: encrypted, so that a link tells nothing; bound to the grant they were made for, so that no other can use them."""

import msgspec
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from tabard.gateway.errors import Refused

_HEADER = {"alg": "dir", "enc": "A256GCM"}


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where the next page begins: whose, of which type, asked how, and the record's own cursor."""

    bearer: str
    type: str
    parameters: tuple[tuple[str, str], ...]
    count: int
    cursor: str


class Cursors:
    """Seals and opens places with a key of 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._key = OctKey.import_key(key)

    def seal(self, place: Place) -> str:
        """The place as opaque URL-safe text."""
        return jwe.encrypt_compact(_HEADER, msgspec.json.encode(place), self._key)

    def open(self, text: str, bearer: str, resource_type: str) -> Place:
        """The place in `text`. Raises Refused unless we sealed it, for this bearer, and for this type."""
        try:
            raw = jwe.decrypt_compact(text, self._key, algorithms=["dir", "A256GCM"]).plaintext
            place = msgspec.json.decode(raw or b"", type=Place)
        except (JoseError, ValueError) as error:
            raise _refused() from error
        if place.bearer != bearer or place.type != resource_type:
            raise _refused()
        return place


def _refused() -> Refused:
    return Refused(
        403, "forbidden", "cursor", "This paging link is not yours.", remedy="Search again from the first page."
    )
