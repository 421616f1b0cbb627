"""Asking one service: rights lent, prefetch read, the audit durable, and only then the call."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import msgspec

from tabard.audit import AuditEvent, AuditLog, AuditUnavailable, Outcome
from tabard.gateway.api.reading import Reading
from tabard.gateway.cds.cards import Answered, read_cards
from tabard.gateway.cds.lending import Lending, Loan
from tabard.gateway.cds.model import Advice, Occasion, Service
from tabard.gateway.cds.ports import Reply, Services
from tabard.gateway.cds.prefetching import Prefetched, prefetched
from tabard.gateway.cds.proofs import Proofs
from tabard.gateway.cds.sharing import Sharing
from tabard.gateway.errors import Refused
from tabard.gateway.model import EncounterContext, told
from tabard.ground.errors import PeerError, ProductError
from tabard.ground.time import Clock

_ACTION = "hook"
_OK, _NEEDS_MORE = 200, 412
_NOT_AUDITED = "was not asked, as the audit cannot be written"
_REFUSED_ACTIONS = "asked for something to be done without anybody's word; that was not done"


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks a service at an occasion. Blocking; safe from any thread."""

    base: str
    services: Services
    reading: Reading
    lending: Lending
    proofs: Proofs
    audit: AuditLog
    clock: Clock

    def ask(self, service: Service, occasion: Occasion, sharing: Sharing | None = None) -> Advice:
        """What the service says. Never raises: a service that fails says nothing, and why is told.

        `sharing` is of all services that are asked at the same firing, None where one alone is.
        """
        try:
            with self.lending.lent(service, occasion) as loan:
                answered, missing = self._called(service, occasion, loan, sharing)
        except Refused as refused:
            self._write(service, occasion, Outcome.refused, refused.reason)
            return Advice(service, fault=_sentence(service, "was not asked", refused.message))
        except AuditUnavailable:
            return Advice(service, fault=_sentence(service, _NOT_AUDITED))
        except (PeerError, ProductError) as error:
            self._write(service, occasion, Outcome.failed, type(error).__name__)
            return Advice(service, fault=_sentence(service, "gave no advice", error.message))
        faults = [_REFUSED_ACTIONS] if answered.has_system_actions else []
        faults += [f"could not be given all that it asks for ({', '.join(missing)})"] if missing else []
        return Advice(service, answered.cards, _sentence(service, " and ".join(faults)) if faults else "")

    def _called(
        self, service: Service, occasion: Occasion, loan: Loan, sharing: Sharing | None
    ) -> tuple[Answered, tuple[str, ...]]:
        known = prefetched(self.reading, loan.rights, occasion, service.prefetch, sharing)
        self._write(service, occasion, Outcome.granted, None, known, loan.rights.grant)
        path = f"/cds-services/{service.id}"
        headers = {
            "content-type": "application/json",
            "authorization": f"Bearer {self.proofs.made(service.client, path)}",
        }
        body = msgspec.json.encode(self._request(occasion, loan, known.values, service.timeout_s))
        reply = self.services.post(service, path, body, headers, service.timeout_s)
        return _read(reply), known.missing

    def _request(
        self, occasion: Occasion, loan: Loan, prefetch: Mapping[str, msgspec.Raw], timeout_s: float
    ) -> dict[str, Any]:
        """The body of the call. Source: CDS Hooks 2.0, "HTTP Request"."""
        context = {"patientId": occasion.context.patient, "userId": occasion.user}
        if isinstance(occasion.context, EncounterContext):
            context["encounterId"] = occasion.context.encounter
        authorization = {
            "access_token": loan.token,
            "token_type": "Bearer",
            "expires_in": int(timeout_s),
            "scope": str(loan.rights.scopes),
            "subject": loan.rights.client,
            "patient": occasion.context.patient,
        }
        return {
            "hook": occasion.hook,
            "hookInstance": str(uuid4()),
            "fhirServer": self.base,
            "fhirAuthorization": authorization,
            "context": context,
            "prefetch": prefetch,
        }

    def _write(
        self,
        service: Service,
        occasion: Occasion,
        outcome: Outcome,
        reason: str | None,
        known: Prefetched | None = None,
        grant: str | None = None,
    ) -> None:
        event = AuditEvent(
            self.clock(),
            _ACTION,
            outcome,
            person=occasion.person,
            client=service.client,
            grant=grant,
            context=told(occasion.context),
            resource=f"Patient/{occasion.context.patient}",
            reason=f"not given: {', '.join(known.missing)}" if known is not None and known.missing else reason,
            purpose=f"{occasion.hook}: {service.id}",
            parameters=() if known is None else tuple(known.values),
            seen=() if known is None else known.seen,
        )
        self.audit.write(event).result()


def _read(reply: Reply) -> Answered:
    if reply.status == _NEEDS_MORE:
        raise ProductError("It was not given enough to say anything.")
    if reply.status != _OK:
        raise ProductError(f"It answered with the status {reply.status}.")
    return read_cards(reply.body)


def _sentence(service: Service, *told: str) -> str:
    return f"{service.product} ({service.title}) {': '.join(told).rstrip('.')}."
