"""What the audit is told of a request and its answer. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tabard.audit import AuditEvent, Outcome
from tabard.gateway.api.found import Found
from tabard.gateway.api.request import Request
from tabard.gateway.api.routes import AUDIT, Route, parameter_names
from tabard.gateway.errors import Refused
from tabard.gateway.model import PatientContext, Rights, told
from tabard.gateway.policy.breaking import glass_of
from tabard.gateway.policy.subjects import subject_of

BEFORE = "before it is kept"
_Who = tuple[str | None, str | None, str | None, str | None, str | None]
"""Person, client, grant, context and glass, as the event has them."""

_NOBODY: _Who = (None, None, None, None, None)


def event_of(
    at: datetime,
    request: Request,
    rights: Rights | None,
    outcome: Outcome,
    *,
    status: int,
    reason: str | None = None,
    found: Found | None = None,
    purpose: str | None = None,
) -> AuditEvent:
    """The event of one answer: to a request that came alone, or to an entry of a Bundle."""
    wanted = request.route
    person, client, grant, context, glass = _NOBODY if rights is None else _who(rights)
    return AuditEvent(  # by place: it is made for each answer
        at,
        "audit" if wanted.type == AUDIT else wanted.action,
        outcome,
        person,
        client,
        grant,
        context,
        _resource(wanted, found),
        status,
        reason,
        purpose,
        _names(request),
        found.seen if found is not None and found.stored is None else (),
        _patients(rights, found),
        glass,
    )


def events_before(at: datetime, rights: Rights, changes: Sequence[tuple[str, str]]) -> list[AuditEvent]:
    """The events of changes that are about to be kept: action and reference of each."""
    patients, (person, client, grant, context, glass) = subject_of(rights.context), _who(rights)
    who: dict[str, Any] = {"person": person, "client": client, "grant": grant, "context": context, "glass": glass}
    return [
        AuditEvent(at, action, Outcome.granted, resource=resource, purpose=BEFORE, patients=patients, **who)
        for action, resource in changes
    ]


def _resource(wanted: Route, found: Found | None) -> str | None:
    if found is not None and found.stored is not None and wanted.action == "create":
        return f"{found.stored.type}/{found.stored.id}"
    return wanted.told(is_known=found is not None)


def _patients(rights: Rights | None, found: Found | None) -> tuple[str, ...]:
    """Whom an answer is about, as far as the event does not name them otherwise; in a patient's context it is nobody else."""
    if rights is None or isinstance(rights.context, PatientContext):
        return ()
    of_context = subject_of(rights.context)
    if of_context or found is None:
        return of_context
    return tuple(one for one in found.patients if f"Patient/{one}" not in found.seen)


def _who(rights: Rights) -> _Who:
    return rights.person, rights.client, rights.grant, told(rights.context), glass_of(rights)


def _names(request: Request) -> tuple[str, ...]:
    if not request.query and not request.form:
        return ()
    try:
        pairs = request.pairs()
    except Refused:
        return ("?",)
    return parameter_names(request.route.type, pairs)
