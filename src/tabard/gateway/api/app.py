"""The FHIR API over HTTP: token, interaction, audit made durable, and only then the bytes."""

import asyncio
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

import structlog

from tabard.audit import AuditEvent, AuditLog, AuditUnavailable, Outcome
from tabard.gateway.api.access import rights_of
from tabard.gateway.api.answers import answer_found, answer_refused
from tabard.gateway.api.formats import require_json
from tabard.gateway.api.found import Found
from tabard.gateway.api.reading import Reading
from tabard.gateway.api.routes import Route, parameter_names, route
from tabard.gateway.api.writing import Sent, Writing, read_only
from tabard.gateway.errors import Refused
from tabard.gateway.freshness import feed_header
from tabard.gateway.http import (
    Answer,
    Header,
    Receive,
    Scope,
    Send,
    is_form,
    parameters_of,
    picked,
    read_body,
    send_answer,
)
from tabard.gateway.model import Rights, WardContext, told
from tabard.gateway.peers import failed_peer, refused_search
from tabard.gateway.policy import SURROUNDINGS, WRITTEN
from tabard.gateway.ports import Feeds
from tabard.gateway.smart.grants import Grants
from tabard.ground.errors import CallerError, PeerError
from tabard.ground.time import Clock

_log = structlog.get_logger(__name__)
_EXPOSED: Header = (
    b"access-control-expose-headers",
    b"ETag, Last-Modified, Location, Tabard-Feed, Tabard-Waiting, WWW-Authenticate",
)
_VARY: Header = (b"vary", b"Origin")
_ANYONE = b"*"
_WANTED = frozenset({b"authorization", b"accept", b"if-none-match", b"origin"})
_CONDITIONS = frozenset({b"content-type", b"if-none-exist", b"if-match"})
_CHANGES = frozenset({"create", "update", "write"})
_CONTENT_TYPE = frozenset({b"content-type"})
_ELSEWHERE_THREADS = 24


class Request(NamedTuple):
    """A request as far as it is read: its route, the headers that matter, its parameters, and what is wrong with its body."""

    route: Route
    authorization: str | None
    accept: str | None
    if_none_match: str | None
    query: bytes
    is_cross_origin: bool
    form: bytes = b""
    fault: Refused | None = None
    sent: Sent = Sent()


class Handled(NamedTuple):
    """An answer, and what the audit is told about it."""

    answer: Answer
    event: AuditEvent
    readers: bytes


@dataclass(frozen=True, slots=True)
class FhirApp:
    """Everything below the FHIR base that needs a token."""

    reading: Reading
    grants: Grants
    feeds: Feeds
    audit: AuditLog
    clock: Clock
    writing: Writing | None = None
    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(_ELSEWHERE_THREADS, thread_name_prefix="elsewhere")
    )
    """For what is asked elsewhere: a record system that answers slowly holds up nobody else."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send, path: str) -> None:
        """Answer one request; `path` is relative to the base."""
        request = _request_of(scope, path)
        if scope["method"] == "POST" and request.route.action == "search":
            request = await _with_form(request, scope, receive)
        loop = asyncio.get_running_loop()
        access = self._access(request)
        if self.writing is not None and self.writing.takes(request.route) and isinstance(access, Rights):
            request = await _with_body(request, scope, receive, self.writing.writes.largest_bytes)
        elsewhere = self.reading.elsewhere
        if is_quick(request.route, access, elsewhere):
            handled = self._handle(request, access)
        else:
            is_slow = request.route.type in elsewhere or request.route.action in _CHANGES
            threads = self.threads if is_slow else None
            handled = await loop.run_in_executor(threads, self._handle, request, access)
        try:
            await self.audit.written(handled.event, loop)
        except AuditUnavailable:
            handled = handled._replace(answer=_unaudited())
        await send_answer(send, self._dress(handled, is_cross_origin=request.is_cross_origin))

    def _access(self, request: Request) -> Rights | Refused:
        """Who asks comes first, then what is wrong with the asking."""
        try:
            return rights_of(request.authorization, self.grants, self.clock)
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
            return self._refused(request, access, _failure(error), Outcome.failed)

    def _answered(self, request: Request, rights: Rights) -> Handled:
        if request.route.action in _CHANGES and self.writing is not None:
            return self._write(request, rights, self.writing)
        found = self._carry_out(request, rights)
        answer = answer_found(found, request.if_none_match)
        return self._handled(request, rights, answer, Outcome.granted, seen=found)

    def _carry_out(self, request: Request, rights: Rights) -> Found:
        wanted = request.route
        if request.fault is not None:
            raise request.fault
        if wanted.action in _CHANGES:
            raise read_only()
        pairs = (*parameters_of(request.query), *parameters_of(request.form))
        require_json(request.accept, [value for name, value in pairs if name == "_format"])
        match wanted.action:
            case "read":
                return self.reading.read(rights, wanted.type, wanted.id)
            case "vread":
                return self.reading.read_version(rights, wanted.type, wanted.id, wanted.version)
            case "history":
                return self.reading.history(rights, wanted.type, wanted.id)
            case "search":
                return self.reading.search(rights, wanted.type, pairs)
            case "method":
                raise Refused(405, "not-supported", "method", "This method is not supported here.")
            case _:
                raise Refused(404, "not-supported", "route", "There is no such interaction here.")

    def _write(self, request: Request, rights: Rights, writing: Writing) -> Handled:
        """Refused, or audited and only then kept; the answer is audited once more, as every answer is."""
        if request.fault is not None:
            raise request.fault
        prepared = writing.prepare(rights, request.route, request.sent)
        event = AuditEvent(
            self.clock(),
            request.route.action,
            Outcome.granted,
            resource=prepared.resource,
            status=None,
            purpose="before it is kept",
            parameters=(),
            seen=(),
            **_who(rights),
        )
        try:
            self.audit.write(event).result()
        except AuditUnavailable as error:
            raise _not_audited() from error
        answer = writing.take(prepared)
        return self._handled(request, rights, answer, Outcome.granted)

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
        seen: Found | None = None,
    ) -> Handled:
        wanted = request.route
        event = AuditEvent(
            self.clock(),
            wanted.action,
            outcome,
            resource=wanted.told(is_known=seen is not None),
            status=answer.status,
            reason=reason,
            parameters=_names(request),
            seen=seen.seen if seen is not None and seen.stored is None else (),
            **_who(rights),
        )
        return Handled(answer, event, _readers(rights))

    def _dress(self, handled: Handled, *, is_cross_origin: bool) -> Answer:
        """What every FHIR answer carries: how fresh the feeds are, and to a page, which origin may read it."""
        status, headers, body = handled.answer
        headers = (*headers, _VARY, (b"tabard-feed", feed_header(self.feeds())))
        if is_cross_origin:
            headers = (*headers, (b"access-control-allow-origin", handled.readers), _EXPOSED)
        return Answer(status, headers, body)


def is_quick(wanted: Route, access: Rights | Refused, elsewhere: Collection[str] = ()) -> bool:
    """Whether a request costs one look-up by key at most, so that a thread would cost more than the work."""
    if isinstance(access, Refused) or wanted.action == "write":
        return True
    if wanted.type in WRITTEN or wanted.action in _CHANGES:
        return False
    if wanted.type in elsewhere:
        return False
    return wanted.action == "read" and wanted.type not in SURROUNDINGS and not isinstance(access.context, WardContext)


def _request_of(scope: Scope, path: str) -> Request:
    headers = picked(scope, _WANTED)
    return Request(
        route(scope["method"], path),
        headers.get(b"authorization"),
        headers.get(b"accept"),
        headers.get(b"if-none-match"),
        scope["query_string"],
        b"origin" in headers,
    )


async def _with_form(request: Request, scope: Scope, receive: Receive) -> Request:
    """The request with its form, or with what is wrong with that."""
    if not is_form(picked(scope, _CONTENT_TYPE).get(b"content-type")):
        return request._replace(fault=Refused(415, "not-supported", "content_type", "_search takes a form."))
    try:
        return request._replace(form=await read_body(receive))
    except Refused as refused:
        return request._replace(fault=refused)


async def _with_body(request: Request, scope: Scope, receive: Receive, limit_bytes: int) -> Request:
    """The request with the resource that it brings, or with what is wrong with that."""
    headers = picked(scope, _CONDITIONS)
    try:
        body = await read_body(receive, limit_bytes)
    except Refused as refused:
        return request._replace(fault=refused)
    sent = Sent(body, headers.get(b"content-type"), headers.get(b"if-none-exist"), headers.get(b"if-match"))
    return request._replace(sent=sent)


def _readers(rights: Rights | None) -> bytes:
    """The one origin whose pages may read the answer; an answer to nobody known holds nothing and is for all."""
    return _ANYONE if rights is None or rights.origin is None else rights.origin.encode("latin-1")


def _who(rights: Rights | None) -> dict[str, str | None]:
    if rights is None:
        return {}
    return {"person": rights.person, "client": rights.client, "grant": rights.grant, "context": told(rights.context)}


def _names(request: Request) -> tuple[str, ...]:
    if not request.query and not request.form:
        return ()
    try:
        pairs = (*parameters_of(request.query), *parameters_of(request.form))
    except Refused:
        return ("?",)
    return parameter_names(request.route.type, pairs)


def _failure(error: Exception) -> Refused:
    return Refused(500, "exception", type(error).__name__, "Something failed inside; nothing was shown.")


def _unaudited() -> Answer:
    return answer_refused(_not_audited())


def _not_audited() -> Refused:
    return Refused(
        503, "transient", "audit", "The audit cannot be written, so nothing is shown.", remedy="Try again later."
    )
