"""Looking at the audit: by those who answer for it, for a reason, and audited itself before anything is shown."""

import re
from dataclasses import dataclass, fields
from typing import Any

from msgspec.structs import replace

from tabard.audit import AUDITORS, Asked, AuditEvent, AuditLog, Found, Outcome, Search
from tabard.fhir.nhs_number import SYSTEM, is_valid
from tabard.gateway.errors import forbidden
from tabard.gateway.model import Person
from tabard.gateway.ports import Record
from tabard.ground.time import Clock

_OURS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_MOST_PATIENTS = 20


@dataclass(frozen=True, slots=True)
class Auditing:
    """The audit's own door. Blocking: call it from a thread. Every method raises Refused (403) and AuditUnavailable."""

    search: Search
    record: Record
    audit: AuditLog
    clock: Clock

    def look(self, person: Person, asked: Asked, purpose: str, limit: int = 50, before: str | None = None) -> Found:
        """A page of the audit. `purpose` is a word or two, or the reason that the person gave. Raises CallerError too."""
        self._require(person, purpose)
        names = tuple(one.name for one in fields(asked) if getattr(asked, one.name) is not None)
        self._write(self._event(person, purpose, resource=self._patient(asked), parameters=names))
        return self.search.find(asked, limit, before)

    def count(self, person: Person, asked: Asked) -> int:
        """How many there are; told beside a page that was looked at."""
        self._require(person, "count")
        return self.search.count(asked)

    def patients(self, person: Person, identifier: str) -> tuple[str, ...]:
        """The record's ids of those who have an NHS number or a hospital number: ids and nothing else leave."""
        self._require(person, "find a patient")
        plain = "".join(identifier.split()).replace(",", "").replace("|", "")
        value = f"{SYSTEM}|{plain}" if is_valid(plain) else plain
        page = self.record.search("Patient", (("identifier", value), ("_total", "none")), count=_MOST_PATIENTS)
        ids = tuple(stored.id for stored in page.matches)
        self._write(self._event(person, "find a patient", seen=tuple(f"Patient/{one}" for one in ids)))
        return ids

    def _require(self, person: Person, purpose: str) -> None:
        if AUDITORS.isdisjoint(person.roles):
            self._write(replace(self._event(person, purpose), outcome=Outcome.refused, reason="role"))
            raise forbidden("role", "This person's roles do not let them look at the audit.")

    def _write(self, event: AuditEvent) -> None:
        self.audit.write(event).result()

    def _event(self, person: Person, purpose: str, **more: Any) -> AuditEvent:
        return AuditEvent(
            self.clock(), "audit", Outcome.granted, person=person.id, context="hospital", purpose=purpose, **more
        )

    def _patient(self, asked: Asked) -> str | None:
        """Whose accesses are looked for; what is no id here might be a name, and becomes `?`."""
        if asked.patient is None:
            return None
        is_known = _OURS.fullmatch(asked.patient) or self.record.read("Patient", asked.patient) is not None
        return f"Patient/{asked.patient}" if is_known else "Patient/?"
