"""A site's signed word back: which list of recalls it knows, and how each of its products stands.

Made by a site, read at the centre: the same text. There is nothing of any patient in it, and nothing of any person.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

import msgspec

from tabard.catalogue.channels import Channel
from tabard.ground.canonical import canonical
from tabard.ground.dsse import Envelope
from tabard.ground.errors import CallerError
from tabard.ground.keys import SigningKey

KIND = "application/vnd.tabard.receipt+json"
LARGEST_BYTES = 64 * 1024
MOST_PRODUCTS = 200


@unique
class Standing(StrEnum):
    """How a product stands at a site."""

    active = "active"
    stopped = "stopped"
    overridden = "overridden"
    """Suspended by the centre, and let on by the site's own clinical safety officer, with a reason."""


@unique
class Because(StrEnum):
    """Why a receipt is not taken."""

    unreadable = "unreadable"
    unknown_site = "unknown_site"
    not_signed = "not_signed"
    replayed = "replayed"
    too_soon = "too_soon"
    of_time_to_come = "of_time_to_come"


class NotReceived(CallerError):  # noqa: N818  the word a reader expects
    """A receipt that is not taken; `reason` says why."""

    def __init__(self, reason: Because, message: str, *, expected: str = "", got: str = "", remedy: str = "") -> None:
        super().__init__(message, where="receipt", expected=expected, got=got, remedy=remedy)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Here:
    """A product at a site: version, package and how it stands."""

    product: str
    version: str
    package_sha256: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a site knows and has done. `number` grows from one to the next; `list_version` is that of the recall role."""

    site: str
    number: int
    made: datetime
    list_version: int
    channel: Channel
    products: tuple[Here, ...]

    def sealed(self, key: SigningKey) -> bytes:
        """The receipt signed by the site's key, as it is sent or carried. Raises CallerError for too many products."""
        if len(self.products) > MOST_PRODUCTS:
            raise CallerError("a receipt tells of so many products only", expected=f"at most {MOST_PRODUCTS}")
        return Envelope(KIND, canonical(msgspec.to_builtins(self))).signed_by(key).to_bytes()


def open_receipt(raw: bytes) -> tuple[Receipt, Envelope]:
    """What a receipt says, not verified yet. Raises NotReceived."""
    try:
        if len(raw) > LARGEST_BYTES:
            raise _unreadable(f"{len(raw)} bytes")
        envelope = Envelope.from_bytes(raw)
        told = msgspec.json.decode(envelope.payload, type=Receipt)
    except (CallerError, msgspec.DecodeError, RecursionError, ValueError) as fault:
        raise _unreadable(type(fault).__name__) from fault
    sound = told.made.tzinfo is not None and 0 < told.number < 2**63 and 0 <= told.list_version < 2**31
    if (
        envelope.payload_type != KIND
        or not sound
        or len(told.products) > MOST_PRODUCTS
        or len(told.site) > MOST_PRODUCTS
    ):
        raise _unreadable("fields that cannot be")
    return told, envelope


def _unreadable(got: str) -> NotReceived:
    return NotReceived(Because.unreadable, "this is no receipt of a site", expected="DSSE of Tabard's kind", got=got)
