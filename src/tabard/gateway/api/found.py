"""What an interaction found: bytes, and what to say about them."""

from typing import NamedTuple

from tabard.gateway.ports import Stored


class Found(NamedTuple):
    """`body` is JSON; `stored` the one resource it is, None for a Bundle; `seen` the references whose content is in it.

    `is_waiting`: messages about a patient whom it is about are held, so that it may not be current.
    """

    body: bytes
    seen: tuple[str, ...]
    stored: Stored | None = None
    is_waiting: bool = False


def one(stored: Stored, *, is_waiting: bool = False) -> Found:
    """A single resource, as stored."""
    return Found(stored.body, (f"{stored.type}/{stored.id}",), stored, is_waiting)
