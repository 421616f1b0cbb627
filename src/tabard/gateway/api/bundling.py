"""Bundles sent to the base: a batch, each entry by itself; a transaction, all or nothing. Each entry is checked and audited as if alone.

Source: FHIR R4 3.1.0.11 (batch, transaction).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog

from tabard.audit import AuditLog, Outcome
from tabard.gateway.api.answers import answer_found, outcome_of
from tabard.gateway.api.bodies import resource_in
from tabard.gateway.api.bundles import Entry, answers
from tabard.gateway.api.entries import FIRST, Wanted, entries_in
from tabard.gateway.api.events import event_of
from tabard.gateway.api.found import Found
from tabard.gateway.api.interactions import Interactions
from tabard.gateway.api.preferring import preferred
from tabard.gateway.api.request import Request
from tabard.gateway.api.routes import CHANGES
from tabard.gateway.errors import Refused
from tabard.gateway.model import Rights
from tabard.gateway.peers import failed_peer, refused_search
from tabard.ground.errors import CallerError, PeerError
from tabard.ground.time import Clock, to_instant

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Bundling:
    """Blocking; safe from any thread. Raises Refused, CallerError and PeerError for a transaction that is not carried out."""

    base: str
    interactions: Interactions
    audit: AuditLog
    clock: Clock

    def carry_out(self, rights: Rights, request: Request) -> Found:
        """What became of the Bundle that a request brings."""
        if request.fault is not None:
            raise request.fault
        kind, wanted = entries_in(resource_in(request), self.base)
        if kind == "batch":
            return self._answered(
                "batch-response", [self._alone(rights, one.request) for one in wanted], wanted, request
            )
        return self._answered("transaction-response", self._together(rights, wanted), wanted, request)

    def _alone(self, rights: Rights, request: Request) -> Found | Refused:
        """One entry of a batch; its refusal is its answer and nobody else's."""
        try:
            found = self.interactions.carry_out(rights, request)
        except CallerError as error:
            return self._refused(rights, request, refused_search(error), Outcome.refused)
        except PeerError as error:
            return self._refused(rights, request, failed_peer(error), Outcome.failed)
        except Exception as error:  # noqa: BLE001  the other entries go on
            _log.error("fhir_failed", error=type(error).__name__, action=request.route.action)
            refused = Refused(500, "exception", type(error).__name__, "Something failed inside; nothing was shown.")
            return self._refused(rights, request, refused, Outcome.failed)
        self._tell(rights, request, Outcome.granted, found.status, found=found)
        return found

    def _together(self, rights: Rights, wanted: Sequence[Wanted]) -> list[Found | Refused]:
        """All entries of a transaction, in FHIR's order; the answers stand in the order of the entries."""
        order = sorted(wanted, key=lambda one: (FIRST[one.method], one.place))
        changes = [one for one in order if one.request.route.action in CHANGES]
        looks = [one for one in order if one.request.route.action not in CHANGES]
        self._require_one_place(changes)
        for one in looks:  # what would be refused fails the whole before anything is kept
            self._checked(rights, one)
        done: dict[int, Found | Refused] = {}
        if changes:
            kept = self._kept(rights, changes)
            for one, found in zip(changes, kept, strict=True):
                self._tell(rights, one.request, Outcome.granted, found.status, found=found)
                done[one.place] = found
        for one in looks:
            done[one.place] = self._alone(rights, one.request)
        return [done[one.place] for one in wanted]

    def _kept(self, rights: Rights, changes: Sequence[Wanted]) -> tuple[Found, ...]:
        try:
            return self.interactions.keep(rights, [one.request for one in changes])
        except Refused as refused:
            for one in changes:
                self._tell(rights, one.request, Outcome.refused, refused.status, reason=refused.reason)
            raise

    def _checked(self, rights: Rights, one: Wanted) -> None:
        try:
            self.interactions.carry_out(rights, one.request)
        except CallerError as error:
            refused = refused_search(error)
            self._tell(rights, one.request, Outcome.refused, refused.status, reason=refused.reason)
            raise _at(one, refused) from error

    def _require_one_place(self, changes: Sequence[Wanted]) -> None:
        """Refuse what cannot be atomic: what goes to a record system is there, or not, whatever becomes of the rest."""
        for one in changes:
            if self.interactions.is_sent_on(one.request):
                raise Refused(
                    422, "not-supported", "not_atomic",
                    "This goes on to the record system, and cannot be part of a transaction.",
                    where=f"Bundle.entry[{one.place}]", expected="only types that are kept here",
                    remedy="Send it alone or in a batch; see the CapabilityStatement for which types are written back.",
                )  # fmt: skip

    def _refused(self, rights: Rights, request: Request, refused: Refused, outcome: Outcome) -> Refused:
        self._tell(rights, request, outcome, refused.status, reason=refused.reason)
        return refused

    def _tell(
        self,
        rights: Rights,
        request: Request,
        outcome: Outcome,
        status: int,
        *,
        reason: str | None = None,
        found: Found | None = None,
    ) -> None:
        """The event of an entry goes into the chain now; the answer waits for the Bundle's own event, which comes after it."""
        self.audit.write(event_of(self.clock(), request, rights, outcome, status=status, reason=reason, found=found))

    def _answered(
        self, kind: str, done: Sequence[Found | Refused], wanted: Sequence[Wanted], request: Request
    ) -> Found:
        wish = preferred(request.headers.get(b"prefer")).returning
        entries = [_entry(one.request, found, wish) for one, found in zip(wanted, done, strict=True)]
        is_waiting = any(isinstance(one, Found) and one.is_waiting for one in done)
        return Found(answers(kind, entries), (), is_waiting=is_waiting)


def _entry(request: Request, found: Found | Refused, wish: str) -> Entry:
    if isinstance(found, Refused):
        return {"response": {"status": str(found.status), "outcome": outcome_of(found)}}
    status = answer_found(found, request).status
    response: dict[str, Any] = {"status": str(status)}
    if found.location is not None:
        response["location"] = found.location
    if found.stored is not None:
        response |= {"etag": f'W/"{found.stored.version}"', "lastModified": to_instant(found.stored.updated)}
    is_told = (
        found.body and status == found.status and (wish == "representation" or request.route.action not in CHANGES)
    )
    return {"resource": msgspec.Raw(found.body), "response": response} if is_told else {"response": response}


def _at(one: Wanted, refused: Refused) -> Refused:
    """The refusal of an entry as that of the whole, with its place."""
    return Refused(
        refused.status, refused.code, refused.reason, refused.message,
        where=f"Bundle.entry[{one.place}]", expected=refused.expected, got=refused.got, remedy=refused.remedy,
    )  # fmt: skip
