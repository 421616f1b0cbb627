"""An event of the audit as a FHIR R4 AuditEvent, and what is asked of AuditEvents as what is asked of the audit. Pure.

Source: FHIR R4, AuditEvent; value sets audit-event-type, audit-event-sub-type (restful-interaction), audit-event-outcome,
audit-entity-type, object-role; RESTful Patient and Query patterns of HL7's Basic Audit Log Patterns.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tabard.audit.event import AuditEvent, Outcome, patients_of
from tabard.audit.search import Asked, Entry
from tabard.fhir import Resource
from tabard.ground.errors import CallerError
from tabard.ground.time import to_instant

PERSONS, PRODUCTS = "urn:tabard:person", "urn:tabard:product"
"""Systems of the identifiers by which agents are told."""

_EVENT_TYPES = "http://terminology.hl7.org/CodeSystem/audit-event-type"
_DICOM = "http://dicom.nema.org/resources/ontology/DCM"
_INTERACTIONS = "http://hl7.org/fhir/restful-interaction"
_OUR_ACTIONS = "urn:tabard:audit-action"
_ENTITY_TYPES = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
_ROLES = "http://terminology.hl7.org/CodeSystem/object-role"
_PARTICIPATIONS = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
_REASONS = "http://terminology.hl7.org/CodeSystem/v3-ActReason"

_REST = {
    "read": ("read", "R"),
    "vread": ("vread", "R"),
    "history": ("history-instance", "R"),
    "search": ("search-type", "E"),
    "create": ("create", "C"),
    "update": ("update", "U"),
    "patch": ("patch", "U"),
    "delete": ("delete", "D"),
    "batch": ("batch", "E"),
    "transaction": ("transaction", "E"),
    "operation": ("operation", "E"),
}
"""Our action as a RESTful interaction, and as C, R, U, D or E; all others are the application's own, and E."""

_OUTCOMES = {Outcome.granted: "0", Outcome.refused: "4", Outcome.failed: "8"}
_SIGN_INS = frozenset({"sign-in", "authorize", "token", "refresh", "revoke", "launch"})


_MONTH = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?", re.ASCII)


def as_audit_event(entry: Entry, hospital: str) -> Resource:
    """The AuditEvent of an entry that could be read; `hospital` names the source. Raises CallerError for one that could not."""
    event = entry.event
    if event is None:
        raise CallerError(
            "this line of the audit is gone or was changed", where=entry.file, remedy="run `tabard audit verify`"
        )
    subtype, action = _REST.get(event.action, (event.action, "E"))
    told: Resource = {
        "resourceType": "AuditEvent",
        "id": entry.id,
        "type": _type(event),
        "subtype": [_coding(_INTERACTIONS if event.action in _REST else _OUR_ACTIONS, subtype)],
        "action": action,
        "recorded": to_instant(event.at),
        "outcome": _OUTCOMES[event.outcome],
    }
    if event.reason is not None:
        told["outcomeDesc"] = event.reason
    if event.glass is not None:
        told["purposeOfEvent"] = [{"coding": [_coding(_REASONS, "BTG", "break the glass")], "text": event.glass}]
    elif event.purpose is not None:
        told["purposeOfEvent"] = [{"text": event.purpose}]
    told["agent"] = list(_agents(event))
    told["source"] = {"observer": {"display": hospital}}
    entities = list(_entities(event))
    return {**told, "entity": entities} if entities else told


def asked_of(pairs: Sequence[tuple[str, str]]) -> Asked:
    """What search parameters of AuditEvent ask: patient, agent, date, entity, action, subtype, outcome; each once.

    Dates take `ge`, `gt`, `le`, `lt`, `eq` and may come twice. Raises CallerError for what is not known or not understood.
    """
    told: dict[str, Any] = {}
    for name, value in pairs:
        if name == "date":
            _narrow(told, value)
        elif name not in _PARAMETERS or not value or "," in value:
            raise CallerError(
                "this is not searched for in the audit", where=name, expected=", ".join((*_PARAMETERS, "date"))
            )
        elif name in told:
            raise CallerError("a parameter of the audit's search comes once", where=name)
        else:
            told |= _PARAMETERS[name](value)
    return Asked(**told)


def _type(event: AuditEvent) -> Resource:
    if event.action in _SIGN_INS:
        return _coding(_DICOM, "110114", "User Authentication")
    if event.action == "audit":
        return _coding(_DICOM, "110101", "Audit Log Used")
    return (
        _coding(_EVENT_TYPES, "rest", "RESTful Operation")
        if event.action in _REST
        else _coding(_DICOM, "110100", "Application Activity")
    )


def _agents(event: AuditEvent) -> Any:
    """The person, who is the requestor; the product that asked for them; where neither is known, that."""
    if event.person is not None:
        yield _agent(
            PERSONS, event.person, _coding(_PARTICIPATIONS, "IRCP", "information recipient"), is_requestor=True
        )
    if event.client is not None:
        kind = _coding(_DICOM, "110153", "Source Role ID")
        yield _agent(PRODUCTS, event.client, kind, is_requestor=event.person is None)
    if event.person is None and event.client is None:
        yield {"who": {"display": "not known"}, "requestor": True}


def _agent(system: str, value: str, kind: Resource, *, is_requestor: bool) -> Resource:
    return {
        "type": {"coding": [kind]},
        "who": {"identifier": {"system": system, "value": value}},
        "requestor": is_requestor,
    }


def _entities(event: AuditEvent) -> Any:
    """The patients, the resources, and the query's names (no value was ever kept)."""
    patients = tuple(f"Patient/{one}" for one in patients_of(event) if one != "?")
    person = {"type": _coding(_ENTITY_TYPES, "1", "Person"), "role": _coding(_ROLES, "1", "Patient")}
    for reference in patients:
        yield {"what": {"reference": reference}, **person}
    rest = {"type": _coding(_ENTITY_TYPES, "2", "System Object"), "role": _coding(_ROLES, "4", "Domain Resource")}
    for reference in dict.fromkeys(one for one in (event.resource, *event.seen) if one and one not in patients):
        yield {"what": _what(reference), **rest}
    if event.parameters:
        names = [{"type": "parameter", "valueString": name} for name in event.parameters]
        yield {
            "type": _coding(_ENTITY_TYPES, "2", "System Object"),
            "role": _coding(_ROLES, "24", "Query"),
            "detail": names,
        }


def _what(reference: str) -> Resource:
    kind, slash, found = reference.partition("/")
    is_reference = slash and kind[:1].isupper() and found not in {"", "?"}
    return {"reference": reference} if is_reference else {"display": reference}


def _coding(system: str, code: str, display: str | None = None) -> Resource:
    told = {"system": system, "code": code}
    return told if display is None else {**told, "display": display}


def _of_outcome(code: str) -> dict[str, Any]:
    for outcome, told in _OUTCOMES.items():
        if told == code:
            return {"outcome": outcome}
    raise CallerError("no outcome here has this code", where="outcome", expected="0, 4 or 8")


def _of_agent(value: str) -> dict[str, Any]:
    system, bar, bare = value.rpartition("|")
    if bar and system == PRODUCTS:
        return {"client": bare}
    if bar and system != PERSONS:
        raise CallerError("an agent is a person or a product", where="agent", expected=f"{PERSONS}|ID or {PRODUCTS}|ID")
    return {"person": bare}


def _of_subtype(value: str) -> dict[str, Any]:
    code = value.rpartition("|")[2]
    return {"action": next((name for name, (subtype, _) in _REST.items() if subtype == code), code)}


_PARAMETERS: dict[str, Any] = {
    "patient": lambda value: {"patient": value.removeprefix("Patient/")},
    "agent": _of_agent,
    "agent:identifier": _of_agent,
    "entity": lambda value: {"resource": value},
    "subtype": _of_subtype,
    "outcome": _of_outcome,
}


def _narrow(told: dict[str, Any], value: str) -> None:
    """Take a date's bound into what is asked. Source: FHIR R4 3.1.1.5.1 (prefixes), here of an exact moment within its precision."""
    prefix, bare = (value[:2], value[2:]) if value[:2].isalpha() else ("eq", value)
    begin, end = _span(bare)
    since = {"eq": begin, "ge": begin, "gt": end}.get(prefix)
    until = {"eq": end, "lt": begin, "le": end}.get(prefix)
    if since is None and until is None:
        raise CallerError("this prefix of a date is not known here", where="date", expected="eq, ge, gt, le, lt")
    if since is not None:
        told["since"] = max(since, told.get("since", since))
    if until is not None:
        told["until"] = min(until, told.get("until", until))


def _span(text: str) -> tuple[datetime, datetime]:
    """From when until before when a year, a month, a date or a moment is; a moment without its zone is UTC's."""
    try:
        if len(text) <= len("2026-03"):
            return _months(text)
        if len(text) <= len("2026-03-01"):
            day = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
            return day, day + timedelta(days=1)
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        step = timedelta(milliseconds=1) if "." in text else timedelta(seconds=1)
        return moment, moment + step
    except (ValueError, OverflowError) as fault:
        raise CallerError(
            "this is no date", where="date", expected="2026, 2026-03, 2026-03-01 or 2026-03-01T08:30:00Z"
        ) from fault


def _months(text: str) -> tuple[datetime, datetime]:
    """A year, or one of its months. Raises ValueError."""
    found = _MONTH.fullmatch(text)
    if found is None:
        raise ValueError
    first = datetime(int(found[1]), int(found[2] or 1), 1, tzinfo=UTC)
    after = (first + timedelta(days=31 if found[2] else 366)).replace(day=1)
    return first, after if found[2] else after.replace(month=1)
