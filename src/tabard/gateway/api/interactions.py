"""Interactions: what a request comes to, whether it came alone or as an entry of a Bundle. Reading and changing both."""

from collections.abc import Sequence
from dataclasses import dataclass

from tabard.audit import AuditEvent, AuditLog, AuditUnavailable
from tabard.gateway.api.audited import AuditReading
from tabard.gateway.api.events import events_before
from tabard.gateway.api.everything import Everything
from tabard.gateway.api.formats import require_json
from tabard.gateway.api.found import Found
from tabard.gateway.api.histories import Histories
from tabard.gateway.api.keeping import Keeping
from tabard.gateway.api.offering import Offering
from tabard.gateway.api.reading import Reading
from tabard.gateway.api.request import Request
from tabard.gateway.api.routes import AUDIT, CHANGES
from tabard.gateway.api.shaping import WHOLE, shaped, split
from tabard.gateway.api.writing import Writing
from tabard.gateway.errors import Refused
from tabard.gateway.kept import LARGEST_BYTES, read_only
from tabard.gateway.model import Rights
from tabard.ground.time import Clock

LARGEST_BUNDLE_BYTES = 4_000_000
_ALLOWED = frozenset({"_format", "_pretty"})
_SINGLE = frozenset({"read", "vread"})


@dataclass(frozen=True, slots=True)
class Interactions:
    """Blocking; safe from any thread. Raises Refused, CallerError and PeerError; nothing is kept that is not audited."""

    reading: Reading
    histories: Histories
    everything: Everything
    audit: AuditLog
    clock: Clock
    offering: Offering
    writing: Writing | None = None
    keeping: Keeping | None = None
    audited: AuditReading | None = None

    def carry_out(self, rights: Rights, request: Request) -> Found:
        """What one request comes to."""
        if request.fault is not None:
            raise request.fault
        wanted, is_asking = request.route, request.is_asking
        formats = [value for name, value in request.pairs() if name == "_format"] if is_asking else []
        require_json(request.headers.get(b"accept"), formats)
        self.offering.require(rights, wanted)
        if wanted.action == "read" and not is_asking and wanted.type != AUDIT:  # what is asked most, without a detour
            return self.reading.read(rights, wanted.type, wanted.id)
        if wanted.action in CHANGES:
            return self._change(rights, request)
        return self._read(rights, request)

    def most_bytes(self, request: Request) -> int:
        """How much of a body is worth reading: none of a change that this hospital takes from nobody."""
        if request.route.action == "bundle":
            return LARGEST_BUNDLE_BYTES
        if self.writing is not None and self.is_sent_on(request):
            return self.writing.writes.largest_bytes
        return LARGEST_BYTES if self.keeping is not None and self.keeping.takes(request) else 0

    def is_sent_on(self, request: Request) -> bool:
        """Whether such a change goes to the record system, beyond what a transaction holds."""
        return self.writing is not None and self.writing.takes(request.route)

    def keep(self, rights: Rights, requests: Sequence[Request]) -> tuple[Found, ...]:
        """All of these changes or none. Raises Refused."""
        if self.keeping is None or not all(map(self.keeping.takes, requests)):
            raise read_only()
        return self.keeping.carry_out(
            rights, requests, lambda told: self._written(events_before(self.clock(), rights, told))
        )

    def _read(self, rights: Rights, request: Request) -> Found:
        wanted = request.route
        if wanted.type == AUDIT and self.audited is not None:
            return self._of_audit(self.audited, rights, request)
        if wanted.action == "search":
            return self.reading.search(rights, wanted.type, request.pairs(), patient=wanted.patient)
        if wanted.action == "history":
            return self.histories.of(rights, wanted.type, wanted.id, request.pairs())
        if wanted.action == "everything":
            return self.everything.of(rights, wanted.id, request.pairs())
        if wanted.action in _SINGLE:
            return self._single(rights, request)
        if wanted.action == "method":
            raise Refused(405, "not-supported", "method", "This method is not supported here.")
        raise Refused(404, "not-supported", "route", "There is no such interaction here.")

    def _of_audit(self, audited: AuditReading, rights: Rights, request: Request) -> Found:
        """The audit, of which `Offering` lets no more be asked than a read or a search."""
        wanted = request.route
        if wanted.action == "search":
            return audited.search(rights, request.pairs(), wanted.patient)
        if request.is_asking and any(name not in _ALLOWED for name, _ in request.pairs()):
            raise Refused(400, "invalid", "parameters", "An event is read without search parameters.")
        return audited.read(rights, wanted.id)

    def _single(self, rights: Rights, request: Request) -> Found:
        wanted = request.route
        rest, shape = split(request.pairs()) if request.is_asking else ((), WHOLE)
        if any(name not in _ALLOWED for name, _ in rest):
            raise Refused(
                400, "invalid", "parameters", "A single resource is read without search parameters.",
                expected="_format, _pretty, _summary, _elements", remedy="Leave the others out.",
            )  # fmt: skip
        if wanted.action == "read":
            return shaped(self.reading.read(rights, wanted.type, wanted.id), shape)
        return shaped(self.reading.read_version(rights, wanted.type, wanted.id, wanted.version), shape)

    def _change(self, rights: Rights, request: Request) -> Found:
        """Refused, or audited and only then kept; the answer is audited once more, as every answer is."""
        writing = self.writing
        if writing is None or not writing.takes(request.route):
            return self.keep(rights, [request])[0]
        prepared = writing.prepare(rights, request)
        self._written(events_before(self.clock(), rights, [(request.route.action, prepared.resource)]))
        return writing.take(prepared)

    def _written(self, events: Sequence[AuditEvent]) -> None:
        """Wait until the audit is durable. Raises Refused (503)."""
        try:
            for done in [self.audit.write(event) for event in events]:
                done.result()
        except AuditUnavailable as error:
            raise not_audited() from error


def not_audited() -> Refused:
    """503: the audit cannot be written."""
    return Refused(
        503, "transient", "audit", "The audit cannot be written, so nothing is shown.", remedy="Try again later."
    )
