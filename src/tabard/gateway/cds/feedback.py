"""Feedback: what a person did with a card, told to the service that gave it.

Source: CDS Hooks 2.0, "Feedback".
"""

from dataclasses import dataclass
from typing import Literal

import msgspec

from tabard.audit import AuditEvent, AuditLog, Outcome
from tabard.gateway.cds.model import Service
from tabard.gateway.cds.ports import Reply, Services
from tabard.gateway.cds.proofs import Proofs
from tabard.gateway.errors import Refused
from tabard.ground.errors import PeerError, ProductError
from tabard.ground.time import Clock, to_instant

_OK = 200


@dataclass(frozen=True, slots=True)
class Reaction:
    """What became of one card: a suggestion accepted, or the card overridden with a reason in the person's words."""

    card: str
    outcome: Literal["accepted", "overridden"]
    suggestion: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Feedback:
    """Tells services what became of their cards. Blocking; safe from any thread."""

    services: Services
    proofs: Proofs
    audit: AuditLog
    clock: Clock

    def give(self, name: str, reaction: Reaction, person: str, patient: str) -> None:
        """Tell the service of that name. Raises Refused where there is none, PeerError or ProductError where it does not hear."""
        service = next((one for one in self.services.all() if one.name == name), None)
        if service is None:
            raise Refused(404, "not-found", "service", "No such service is live here.")
        path = f"/cds-services/{service.id}/feedback"
        headers = {
            "content-type": "application/json",
            "authorization": f"Bearer {self.proofs.made(service.client, path)}",
        }
        self._write(service, reaction, person, patient, Outcome.granted)
        try:
            _require_heard(service, self.services.post(service, path, self._body(reaction), headers, service.timeout_s))
        except (PeerError, ProductError):
            self._write(service, reaction, person, patient, Outcome.failed)
            raise

    def _body(self, reaction: Reaction) -> bytes:
        one: dict[str, object] = {
            "card": reaction.card,
            "outcome": reaction.outcome,
            "outcomeTimestamp": to_instant(self.clock()),
        }
        if reaction.suggestion:
            one["acceptedSuggestions"] = [{"id": reaction.suggestion}]
        if reaction.reason:
            one["overrideReason"] = {"userComment": reaction.reason}
        return msgspec.json.encode({"feedback": [one]})

    def _write(self, service: Service, reaction: Reaction, person: str, patient: str, outcome: Outcome) -> None:
        event = AuditEvent(
            self.clock(),
            "hook-feedback",
            outcome,
            person=person,
            client=service.client,
            context=f"Patient/{patient}",
            purpose=f"{reaction.outcome}: {service.id}",
        )
        self.audit.write(event).result()


def _require_heard(service: Service, reply: Reply) -> None:
    if reply.status != _OK:
        raise ProductError(
            f"{service.product} did not take the answer to its advice (status {reply.status}).",
            remedy="What you decided stands; tell the product's publisher.",
        )
