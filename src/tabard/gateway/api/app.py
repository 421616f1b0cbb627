"""The FHIR API over HTTP: token, interaction, audit made durable, and only then the bytes."""

import asyncio
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

import structlog

from tabard.audit import AuditEvent, AuditLog, AuditUnavailable, Outcome
from tabard.gateway.api.access import Tokens, rights_of
from tabard.gateway.api.answers import answer_changed, answer_found, answer_refused, prettified
from tabard.gateway.api.bundling import Bundling
from tabard.gateway.api.events import event_of
from tabard.gateway.api.found import Found
from tabard.gateway.api.interactions import Interactions, not_audited
from tabard.gateway.api.receiving import received, with_body, with_form
from tabard.gateway.api.request import Request
from tabard.gateway.api.routes import AUDIT, CHANGES, Route
from tabard.gateway.errors import Refused
from tabard.gateway.freshness import feed_header
from tabard.gateway.http import Answer, Header, Receive, Scope, Send, send_answer
from tabard.gateway.model import Rights, WardContext
from tabard.gateway.peers import failed_peer, refused_search
from tabard.gateway.policy import SURROUNDINGS
from tabard.gateway.ports import Feeds
from tabard.ground.errors import CallerError, PeerError
from tabard.ground.time import Clock

_log = structlog.get_logger(__name__)
_EXPOSED: Header = (
    b"access-control-expose-headers",
    b"ETag, Last-Modified, Location, Preference-Applied, Tabard-Feed, Tabard-Waiting, WWW-Authenticate",
)
_VARY: Header = (b"vary", b"Origin")
_ANYONE = b"*"
_ELSEWHERE_THREADS = 24
_BODIES = CHANGES | {"bundle"}


class Handled(NamedTuple):
    """An answer, and what the audit is told about it."""

    answer: Answer
    event: AuditEvent
    readers: bytes


@dataclass(frozen=True, slots=True)
class FhirApp:
    """Everything below the FHIR base that needs a token."""

    interactions: Interactions
    bundling: Bundling
    grants: Tokens
    feeds: Feeds
    audit: AuditLog
    clock: Clock
    elsewhere: Collection[str] = ()
    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(_ELSEWHERE_THREADS, thread_name_prefix="elsewhere")
    )
    """For what is asked elsewhere: a record system that answers slowly holds up nobody else."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send, path: str) -> None:
        """Answer one request; `path` is relative to the base."""
        request = received(scope, path)
        if scope["method"] == "POST" and request.route.action == "search":
            request = await with_form(request, receive)
        loop = asyncio.get_running_loop()
        access = self._access(request)
        if request.route.action in _BODIES and isinstance(access, Rights):
            most = self.interactions.most_bytes(request)
            request = await with_body(request, receive, most) if most else request
        if is_quick(request.route, access, self.elsewhere):
            handled = self._handle(request, access)
        else:
            is_slow = request.route.type in self.elsewhere or request.route.action in _BODIES
            threads = self.threads if is_slow else None
            handled = await loop.run_in_executor(threads, self._handle, request, access)
        try:
            await self.audit.written(handled.event, loop)
        except AuditUnavailable:
            handled = handled._replace(answer=answer_refused(not_audited()))
        await send_answer(send, self._dress(handled, request), is_head=request.is_head)

    def _access(self, request: Request) -> Rights | Refused:
        """Who asks comes first, then what is wrong with the asking."""
        try:
            return rights_of(request.headers.get(b"authorization"), self.grants, self.clock)
        except Refused as refused:
            return refused

    def _handle(self, request: Request, access: Rights | Refused) -> Handled:
        if isinstance(access, Refused):
            return self._refused(request, None, access)
        try:
            return self._answered(request, access)
        except CallerError as error:
            return self._refused(request, access, refused_search(error))
        except PeerError as error:
            return self._refused(request, access, failed_peer(error), Outcome.failed)
        except Exception as error:  # noqa: BLE001  whatever fails inside, the caller gets an outcome and the audit an event
            _log.error("fhir_failed", error=type(error).__name__, action=request.route.action)
            return self._refused(request, access, failure(error), Outcome.failed)

    def _answered(self, request: Request, rights: Rights) -> Handled:
        if request.route.action == "bundle":
            found = self.bundling.carry_out(rights, request)
        else:
            found = self.interactions.carry_out(rights, request)
        answer = answer_changed(found, request) if request.route.action in CHANGES else answer_found(found, request)
        if request.query and ("_pretty", "true") in request.pairs():
            answer = prettified(answer)
        return self._handled(request, rights, answer, Outcome.granted, found=found)

    def _refused(
        self, request: Request, rights: Rights | None, refused: Refused, outcome: Outcome = Outcome.refused
    ) -> Handled:
        return self._handled(request, rights, answer_refused(refused), outcome, reason=refused.reason)

    def _handled(
        self,
        request: Request,
        rights: Rights | None,
        answer: Answer,
        outcome: Outcome,
        *,
        reason: str | None = None,
        found: Found | None = None,
    ) -> Handled:
        event = event_of(self.clock(), request, rights, outcome, status=answer.status, reason=reason, found=found)
        return Handled(answer, event, _readers(rights))

    def _dress(self, handled: Handled, request: Request) -> Answer:
        """What every FHIR answer carries: how fresh the feeds are, and to a page, which origin may read it."""
        status, headers, body = handled.answer
        headers = (*headers, _VARY, (b"tabard-feed", feed_header(self.feeds())))
        if b"origin" in request.headers:
            headers = (*headers, (b"access-control-allow-origin", handled.readers), _EXPOSED)
        return Answer(status, headers, body)


def is_quick(wanted: Route, access: Rights | Refused, elsewhere: Collection[str] = ()) -> bool:
    """Whether a request costs one look-up by key at most, so that a thread would cost more than the work."""
    if isinstance(access, Refused) or wanted.action == "write":
        return True
    if wanted.action in _BODIES:
        return False
    if wanted.type in elsewhere or wanted.type == AUDIT:
        return False
    return wanted.action == "read" and wanted.type not in SURROUNDINGS and not isinstance(access.context, WardContext)


def failure(error: Exception) -> Refused:
    """500: our own fault, told without a detail."""
    return Refused(500, "exception", type(error).__name__, "Something failed inside; nothing was shown.")


def _readers(rights: Rights | None) -> bytes:
    """The one origin whose pages may read the answer; an answer to nobody known holds nothing and is for all."""
    return _ANYONE if rights is None or rights.origin is None else rights.origin.encode("latin-1")
