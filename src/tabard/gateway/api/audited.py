"""AuditEvents: the audit over the API, for those who answer for it; each look is itself in the audit.

A person sees what is about the patient of their launch, and of an event that is about others too only that patient's part;
a service sees all. No wildcard of a scope reaches here.
Source: FHIR R4, AuditEvent; SMART App Launch 2.2, "Scopes and Launch Context".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import msgspec

from tabard.audit import AUDITORS, Asked, Entry, Search, patients_of
from tabard.audit.fhir import as_audit_event, asked_of
from tabard.fhir import encode, operation_outcome
from tabard.fhir.scopes import Letter, Level
from tabard.fhir.search_parameters import parameters_of
from tabard.gateway.api.cursors import Cursors, Place
from tabard.gateway.api.found import Found
from tabard.gateway.api.looking import outside
from tabard.gateway.api.reading import PAGE, bearer
from tabard.gateway.api.request import Pairs
from tabard.gateway.api.routes import AUDIT
from tabard.gateway.api.screening import COUNT, screen
from tabard.gateway.errors import bad_request, forbidden, not_found
from tabard.gateway.model import EncounterContext, PatientContext, Rights
from tabard.gateway.policy.scoping import is_service

SEARCHED = ("patient", "agent", "entity", "date", "subtype", "outcome")
"""The search parameters that hold."""

_OURS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_PATIENT = "Patient/"
_UNREAD = "A line of the audit is gone or was changed, and is not shown. Have whoever runs the hospital run `tabard audit verify`."
_BEHIND = "The newest events are not in the index yet, and may not be among these. Ask again in a moment."


@dataclass(frozen=True, slots=True)
class Audited:
    """The audit that is asked, and of which hospital it is."""

    search: Search
    hospital: str


@dataclass(frozen=True, slots=True)
class AuditReading:
    """Blocking; safe from any thread. Every method raises Refused, and CallerError for what is not searched for."""

    base: str
    audited: Audited
    cursors: Cursors

    def read(self, rights: Rights, event_id: str) -> Found:
        """One event."""
        patient = _patient_of(rights, "r")
        entry = self.audited.search.entry(event_id)
        if patient is not None and not _is_about(entry, patient):  # whether it is there at all is not told
            raise outside()
        if entry is None or entry.event is None:
            raise not_found()
        told = entry if patient is None else _part_of(entry, patient)
        about = patients_of(entry.event) if patient is None else (patient,)
        return self._found(encode(as_audit_event(told, self.audited.hospital)), [entry], about)

    def search(self, rights: Rights, pairs: Pairs, patient: str = "") -> Found:
        """A page, the newest first; with `patient`, of that patient's compartment."""
        bound = _patient_of(rights, "s")
        whole = (*pairs, ("patient", patient)) if patient else pairs
        place = self._place(rights, whole)
        asked = _within(asked_of(place.parameters), bound)
        page = self.audited.search.find(asked, place.count, place.cursor or None)
        links = {"self": _address(self.base, whole)}
        if page.older is not None:
            onward = self.cursors.seal(Place(place.bearer, AUDIT, place.parameters, place.count, page.older))
            links["next"] = _address(self.base, ((PAGE, onward),))
        told = [_UNREAD] if any(one.event is None for one in page.entries) else []
        told += [] if page.progress.is_whole else [_BEHIND]
        shown = [one if bound is None else _part_of(one, bound) for one in page.entries if one.event is not None]
        return self._found(self._searchset(shown, told, links), shown, _known(asked))

    def _place(self, rights: Rights, pairs: Pairs) -> Place:
        """Where a page begins: what is asked, or what an earlier page's link says."""
        pages = [value for name, value in pairs if name == PAGE]
        if not pages:
            asked = screen(pairs)
            if not asked.shape.is_whole or asked.shape.is_count:
                raise bad_request("parameters", "Events are told whole.", remedy="Leave _summary and _elements out.")
            return Place(bearer(rights), AUDIT, asked.parameters, asked.count, "")
        if len(pages) > 1 or any(name not in {PAGE, COUNT} for name, _ in pairs):
            raise bad_request("parameters", "A paging link is followed as it is.", remedy="Add nothing to it.")
        return self.cursors.open(pages[0], bearer(rights), AUDIT)

    def _searchset(self, shown: Sequence[Entry], told: Sequence[str], links: dict[str, str]) -> bytes:
        outcomes = [operation_outcome("warning", "incomplete", sentence) for sentence in told]
        entries: list[dict[str, Any]] = [{"resource": one, "search": {"mode": "outcome"}} for one in outcomes]
        for one in shown:
            resource = as_audit_event(one, self.audited.hospital)
            address = f"{self.base}/{AUDIT}/{one.id}"
            entries.append({"fullUrl": address, "resource": resource, "search": {"mode": "match"}})
        link = [{"relation": relation, "url": url} for relation, url in links.items()]
        bundle = {"resourceType": "Bundle", "type": "searchset", "link": link}
        return encode({**bundle, "entry": entries} if entries else bundle)

    def _found(self, body: bytes, shown: Sequence[Entry], patients: tuple[str, ...]) -> Found:
        return Found(body, tuple(f"{AUDIT}/{one.id}" for one in shown), patients=patients)


def declared() -> dict[str, Any]:
    """What the CapabilityStatement says of it."""
    known = parameters_of(AUDIT)
    return {
        "type": AUDIT,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "documentation": (
            "The newest first. For people whose role answers for the audit, about the patient of the launch; for services, all."
            f" A scope names {AUDIT} itself: no * reaches it. Each look is itself an event."
        ),
        "versioning": "no-version",
        "readHistory": False,
        "updateCreate": False,
        "conditionalCreate": False,
        "conditionalRead": "not-supported",
        "conditionalUpdate": False,
        "conditionalDelete": "not-supported",
        "searchParam": [{"name": name, "definition": known[name].url, "type": known[name].kind} for name in SEARCHED],
    }


def _patient_of(rights: Rights, letter: Letter) -> str | None:
    """Whose events the rights let be seen; None for a service, which sees all. Raises Refused (403)."""
    level = Level.system if is_service(rights) else Level.user
    if level is Level.user and AUDITORS.isdisjoint(rights.roles):
        raise forbidden("role", "This person's roles do not let them look at the audit.")
    named = (one for one in rights.scopes.resources if one.type == AUDIT and one.level is level and not one.search)
    if not any(letter in one.letters for one in named):
        raise forbidden(
            "scope",
            "The scopes granted do not allow this on the audit.",
            remedy=f"Ask for {level}/{AUDIT}.rs by its name, and have the client registered for it.",
        )
    if level is Level.system:
        return None
    if isinstance(rights.context, PatientContext | EncounterContext) and rights.context.patient:
        return rights.context.patient
    raise outside()


def _within(asked: Asked, patient: str | None) -> Asked:
    """What is asked, of that patient alone. Raises Refused where somebody else is asked for."""
    if patient is None:
        return asked
    is_of_another = (asked.resource or "").startswith(_PATIENT) and asked.resource != f"{_PATIENT}{patient}"
    if is_of_another or asked.patient not in {None, patient}:
        raise outside()
    return replace(asked, patient=patient)


def _is_about(entry: Entry | None, patient: str) -> bool:
    return entry is not None and entry.event is not None and patient in patients_of(entry.event)


def _part_of(entry: Entry, patient: str) -> Entry:
    """The event as far as it is about one patient: whose the other resources are that were seen with theirs, nobody can say."""
    event = entry.event
    if event is None or patients_of(event) == (patient,):
        return entry
    own = f"{_PATIENT}{patient}"
    resource = event.resource if event.resource is None or event.resource == own or "/" not in event.resource else None
    seen = tuple(one for one in event.seen if one == own)
    return replace(
        entry, event=msgspec.structs.replace(event, context=None, resource=resource, seen=seen, patients=(patient,))
    )


def _known(asked: Asked) -> tuple[str, ...]:
    """Whose accesses were looked for, for the audit; what is no id here might be a name."""
    return (asked.patient,) if asked.patient is not None and _OURS.fullmatch(asked.patient) else ()


def _address(base: str, pairs: Pairs) -> str:
    return f"{base}/{AUDIT}?{urlencode(pairs)}" if pairs else f"{base}/{AUDIT}"
