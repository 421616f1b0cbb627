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
    `patients` are the ids of the patients whom what left was about, besides those that `resource`, `context` and `seen`
    name themselves: whoever writes the event knows it at that moment, and the record may have changed later.
    `glass` is the id of the break-glass under which it was seen, whose reason stands in the event that began it.
    `sent_bytes` and `received_bytes` are of what went out to another host and came back.
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
    patients: tuple[str, ...] = ()
    glass: str | None = None
    sent_bytes: int | None = None
    received_bytes: int | None = None


_PATIENT = "Patient/"


def patients_of(event: AuditEvent) -> tuple[str, ...]:
    """The ids of all patients whom an event is about, each once: "who looked at me" is answered by these."""
    named = (event.context, event.resource, *event.seen)
    ids = (one.removeprefix(_PATIENT) for one in named if one is not None and one.startswith(_PATIENT))
    return tuple(dict.fromkeys((*event.patients, *ids)))
