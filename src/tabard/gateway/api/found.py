"""What an interaction found: bytes, and what to say about them."""

from typing import NamedTuple

from tabard.gateway.ports import Stored


class Found(NamedTuple):
    """`body` is JSON; `stored` the one resource it is, None for a Bundle; `seen` the references whose content is in it."""

    body: bytes
    seen: tuple[str, ...]
    stored: Stored | None = None


def one(stored: Stored) -> Found:
    """A single resource, as stored."""
    return Found(stored.body, (f"{stored.type}/{stored.id}",), stored)
