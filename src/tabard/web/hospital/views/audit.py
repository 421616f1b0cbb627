"""The audit in plain words: who, with what, did what, of what, how it ended. Pure."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tabard.audit import Asked, AuditEvent, Entry, Outcome, patients_of
from tabard.web.design.times import UK, When, when

ACTIONS = {
    "read": "Read",
    "vread": "Read an older version of",
    "history": "Read the history of",
    "search": "Searched",
    "create": "Wrote",
    "update": "Changed",
    "patch": "Changed",
    "delete": "Deleted",
    "batch": "Sent a batch",
    "transaction": "Sent a transaction",
    "launch": "Opened a product",
    "authorize": "Gave a product access",
    "token": "Gave a product its token",
    "refresh": "Renewed a product's token",
    "revoke": "Ended a product's access",
    "message": "Looked into a message",
    "audit": "Looked at the audit",
    "stop": "Stopped a product",
    "break-glass": "Broke the glass",
    "review-glass": "Reviewed a broken glass",
    "egress": "Sent to an outside host",
    "approve-egress": "Decided on an outside host",
}
"""Each action in words; one that is not here is told as it stands."""

_KINDS = {
    "Patient": "patient's details",
    "Encounter": "visits",
    "Observation": "observations and results",
    "DiagnosticReport": "reports",
    "DocumentReference": "documents",
    "Location": "wards and beds",
    "Practitioner": "staff",
    "Organization": "organisations",
}
_REASONS = {
    "context": "outside what the product was opened for",
    "role": "the person's role does not allow it",
    "scope": "the product was not accredited for it",
    "restricted": "restricted, and the glass was not broken",
    "no_token": "no access token",
    "bad_token": "an access token that is not good",
    "expired_token": "an access token that was too old",
    "not_found": "there is no such thing",
    "replayed": "something used twice",
}
_ENDS = {Outcome.granted: "Shown", Outcome.refused: "Refused", Outcome.failed: "Failed"}
_NOT_READS = frozenset({"launch", "authorize", "token", "refresh", "revoke", "stop", "break-glass", "review-glass"})
_COLUMNS = ("When", "Person", "Product", "What", "Of what", "Patients", "How it ended", "Why", "Id")
_RISKY = ("=", "+", "-", "@", "\t", "\r")
"""With these a spreadsheet would take a cell for a formula."""


@dataclass(frozen=True, slots=True)
class Line:
    """One event for the page; `is_gone` where the log does not have it any more as it was."""

    id: str
    at: When
    person: str
    product: str
    what: str
    of: str
    patients: int
    end: str
    why: str
    is_refused: bool
    is_glass: bool
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Sought:
    """What was typed and what of it is asked for; `problems` by field."""

    asked: Asked
    typed: Mapping[str, str]
    problems: Mapping[str, str]


FIELDS = ("patient", "person", "product", "action", "outcome", "from", "to", "glass")


def understand(typed: Mapping[str, str]) -> Sought:
    """What a person filled in. The patient is left for whoever can look them up."""
    told = {name: typed.get(name, "").strip()[:100] for name in FIELDS}
    problems: dict[str, str] = {}
    since, until = (_day(told[name], name, problems) for name in ("from", "to"))
    outcome = Outcome(told["outcome"]) if told["outcome"] in Outcome.__members__ else None
    asked = Asked(
        person=told["person"] or None,
        client=told["product"] or None,
        action=told["action"] or None,
        outcome=outcome,
        glass=told["glass"] or None,
        since=since,
        until=None if until is None else until + timedelta(days=1),
    )
    return Sought(asked, told, problems)


def line(entry: Entry, names: Mapping[str, str], products: Mapping[str, str]) -> Line:
    """One event; ids of people and products by their names where these are known."""
    event = entry.event
    if event is None:
        gone = "This line of the audit is gone or was changed: have `tabard audit verify` run at once."
        return Line(
            entry.id, When("", "not known"), "", "", gone, "", 0, "", "", is_refused=True, is_glass=False, is_gone=True
        )
    person = "nobody signed in" if event.person is None else names.get(event.person, event.person)
    product = "" if event.client is None else products.get(event.client, event.client)
    return Line(
        entry.id,
        _to_the_second(event.at),
        person,
        product,
        ACTIONS.get(event.action, event.action),
        _of(event),
        len(patients_of(event)),
        _end(event),
        event.purpose or "",
        is_refused=event.outcome is not Outcome.granted,
        is_glass=event.glass is not None,
    )


def as_csv(lines: Iterable[Line]) -> bytes:
    """The lines as a spreadsheet reads them: UTF-8 with its mark, no cell that would be taken for a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for one in lines:
        row = (one.at.machine, one.person, one.product, one.what, one.of, str(one.patients), one.end, one.why, one.id)
        writer.writerow([f"'{cell}" if cell.startswith(_RISKY) else cell for cell in row])
    return text.getvalue().encode("utf-8-sig")


def _to_the_second(moment: datetime) -> When:
    told = when(moment)
    return When(told.machine, told.text + moment.astimezone(UK).strftime(":%S"))


def _of(event: AuditEvent) -> str:
    """What it was about: a kind of thing, how many, and where."""
    kind, _, found = (event.resource or "").partition("/")
    words = "" if event.resource is None else _KINDS.get(kind, event.resource if not found else kind)
    if event.seen:
        words = f"{words}: {len(event.seen)} shown" if words else f"{len(event.seen)} shown"
    return words


def _end(event: AuditEvent) -> str:
    words = "Done" if event.outcome is Outcome.granted and event.action in _NOT_READS else _ENDS[event.outcome]
    return words if event.reason is None else f"{words}: {_REASONS.get(event.reason, event.reason)}"


def _day(text: str, name: str, problems: dict[str, str]) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(), UK)
    except ValueError:
        problems[name] = "This is no day; write it as 2026-03-01."
        return None
