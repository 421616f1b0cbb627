"""What an interaction found or made: bytes, and what to say about them."""

from typing import NamedTuple

from tabard.gateway.policy.subjects import subjects_of
from tabard.gateway.ports import Stored


class Found(NamedTuple):
    """`body` is JSON; `stored` the one resource it is, None for a Bundle; `seen` the references whose content is in it.

    `patients` are the ids of those whom it is about, besides those that `seen` names: the audit is told of both.
    `is_waiting`: messages about a patient whom it is about are held, so that it may not be current.
    `status` and `location` are HTTP's, of a change.
    """

    body: bytes
    seen: tuple[str, ...]
    stored: Stored | None = None
    is_waiting: bool = False
    patients: tuple[str, ...] = ()
    status: int = 200
    location: str | None = None


def one(stored: Stored, *, is_waiting: bool = False) -> Found:
    """A single resource, as stored."""
    patients = () if stored.type == "Patient" else subjects_of((stored,))  # a Patient's own reference says it
    return Found(stored.body, (f"{stored.type}/{stored.id}",), stored, is_waiting, patients)


def is_deleted(stored: Stored) -> bool:
    """Whether a version says that the resource is no more."""
    return not stored.body
