"""What a subscription is, what waits for it, and what its owner asked for: frozen values that are kept."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec

from tabard.gateway.model import ClientKind

DEFAULT_COUNT = 20
"""Events to one notification where the subscription does not say how many at most."""

DEFAULT_TIMEOUT_S = 10


class Status(StrEnum):
    """How a subscription is. Source: FHIR R4, SubscriptionStatus."""

    requested = "requested"
    active = "active"
    error = "error"
    off = "off"


class Content(StrEnum):
    """How much of a resource a notification holds. Source: Subscriptions R5 Backport 1.1, Payload Types."""

    empty = "empty"
    id_only = "id-only"
    full_resource = "full-resource"


class What(StrEnum):
    """What happened to a resource."""

    create = "create"
    update = "update"
    delete = "delete"


class Wanted(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the owner asked for. `endpoint` is "" for a product that is told on its own socket; `header` may hold secrets.

    `filters` are pairs of search parameters, all of which must hold; times in seconds, 0 for none.
    """

    topic: str
    reason: str
    content: Content
    endpoint: str = ""
    header: tuple[tuple[str, str], ...] = ()
    filters: tuple[tuple[str, str], ...] = ()
    heartbeat_s: int = 0
    timeout_s: int = DEFAULT_TIMEOUT_S
    most: int = DEFAULT_COUNT
    end: datetime | None = None

    def __repr__(self) -> str:
        return f"Wanted({self.topic})"  # neither a header's secret nor a filter's patient reaches a log


class Owner(NamedTuple):
    """Whose it is: a client, for a person (or itself), within a context as text. Nobody else's token reaches it."""

    client: str
    person: str
    context: str


class Subscription(NamedTuple):
    """A subscription as it stands. `scopes` are those of the token that made it, `grant` the approval that it hangs on.

    `last` is the number of the newest event; `begun` the record's write from which on it is told, None before the first
    handshake; `attempts` failed since the last success, the next not before `next`; `sent` is when anything last arrived.
    """

    id: str
    version: int
    owner: Owner
    kind: ClientKind
    grant: str | None
    scopes: str
    status: Status
    error: str
    wanted: Wanted
    made: datetime
    changed: datetime
    begun: int | None
    last: int
    attempts: int
    next: datetime
    sent: datetime


class Event(NamedTuple):
    """One version that triggered a subscription; `number` is None until it was found that its owner may be told."""

    seq: int
    number: int | None
    type: str
    id: str
    version: int
    what: What
    at: datetime

    @property
    def reference(self) -> str:
        """The resource, as a reference."""
        return f"{self.type}/{self.id}"
