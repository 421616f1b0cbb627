"""What is written down about one access: who, what, when, and how it ended. Never a name, a value or a search term."""

from datetime import datetime
from enum import StrEnum

import msgspec


class Outcome(StrEnum):
    """How an access ended."""

    granted = "granted"
    refused = "refused"
    failed = "failed"


class AuditEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    """One access, granted or not.

    `action` is a verb (`read`, `search`, `token`, ...); `person`, `client`, `grant` and `resource` are ids;
    `parameters` are names of search parameters without their values; `seen` are the references whose content left.
    """

    at: datetime
    action: str
    outcome: Outcome
    person: str | None = None
    client: str | None = None
    grant: str | None = None
    context: str | None = None
    resource: str | None = None
    status: int | None = None
    reason: str | None = None
    purpose: str | None = None
    parameters: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
