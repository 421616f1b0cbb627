"""The FHIR API over HTTP: token, interaction, audit made durable, and only then the bytes."""

import asyncio
from dataclasses import dataclass
from typing import NamedTuple

import structlog

from tabard.audit import AuditEvent, AuditLog, AuditUnavailable, Outcome
from tabard.gateway.api.access import rights_of
from tabard.gateway.api.answers import answer_found, answer_refused
from tabard.gateway.api.formats import require_json
from tabard.gateway.api.found import Found
from tabard.gateway.api.reading import Reading
from tabard.gateway.api.routes import Route, parameter_names, route
from tabard.gateway.errors import Refused, bad_request, forbidden
from tabard.gateway.freshness import feed_header
from tabard.gateway.http import (
    Answer,
    Header,
    Receive,
    Scope,
    Send,
    cors,
    headers_of,
    is_form,
    parameters_of,
    read_body,
    send_answer,
)
from tabard.gateway.model import Rights, WardContext, told
from tabard.gateway.policy import SURROUNDINGS
from tabard.gateway.ports import Feeds
from tabard.gateway.smart.grants import Grants
from tabard.ground.errors import CallerError
from tabard.ground.time import Clock

_log = structlog.get_logger(__name__)
_EXPOSED: Header = (b"access-control-expose-headers", b"ETag, Last-Modified, Tabard-Feed, WWW-Authenticate")
_ANYONE: tuple[Header, ...] = ((b"access-control-allow-origin", b"*"),)


class Request(NamedTuple):
    """A request as far as it is read: its route, the headers that matter, its parameters."""

    route: Route
    authorization: str | None
    accept: str | None
    if_none_match: str | None
    query: bytes
    form: bytes | None


class Handled(NamedTuple):
    """An answer, and what the audit is told about it."""

    answer: Answer
    event: AuditEvent
    origin: str | None


@dataclass(frozen=True, slots=True)
class FhirApp:
    """Everything below the FHIR base that needs a token."""

    reading: Reading
    grants: Grants
    feeds: Feeds
    audit: AuditLog
    clock: Clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send, path: str) -> None:
        """Answer one request; `path` is relative to the base."""
        request, refused = await _request_of(scope, receive, path)
        loop = asyncio.get_running_loop()
        handled = await self._handle(request, refused, loop)
        try:
            await self.audit.written(handled.event, loop)
        except AuditUnavailable:
            handled = handled._replace(answer=_unaudited())
        await send_answer(send, self._dress(handled))

    async def _handle(self, request: Request, refused: Refused | None, loop: asyncio.AbstractEventLoop) -> Handled:
        """Reads that touch one row are done here and now; whatever may take longer goes to a thread."""
        rights: Rights | None = None
        try:
            rights = rights_of(request.authorization, self.grants, self.clock)
            if refused is not None:
                raise refused  # noqa: TRY301  who asks comes first, then what is wrong with the asking
            if is_quick(request.route, rights):
                found = self._carry_out(request, rights)
            else:
                found = await loop.run_in_executor(None, self._carry_out, request, rights)
        except Refused as error:
            return self._refused(request, rights, error)
        except CallerError as error:
            text = "; ".join(filter(None, (error.where, error.message, error.remedy)))
            return self._refused(request, rights, bad_request("search", text))
        except Exception as error:  # noqa: BLE001  whatever fails inside, the caller gets an outcome and the audit an event
            _log.error("fhir_failed", error=type(error).__name__, action=request.route.action)
            return self._refused(request, rights, _failure(error), Outcome.failed)
        answer = answer_found(found, request.if_none_match)
        return self._handled(request, rights, answer, Outcome.granted, seen=found)

    def _carry_out(self, request: Request, rights: Rights) -> Found:
        wanted = request.route
        if wanted.action == "write":
            raise forbidden(
                "read_only",
                "What came by a link is read-only to products.",
                remedy="Write in the hospital's own system.",
            )
        pairs = (*parameters_of(request.query), *parameters_of(request.form or b""))
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
        return Handled(answer, event, None if rights is None else rights.origin)

    def _dress(self, handled: Handled) -> Answer:
        """What every FHIR answer carries: how fresh the feeds are, and which origin may read it."""
        answer = handled.answer
        readers = _ANYONE if handled.origin is None else cors(handled.origin)
        feed: Header = (b"tabard-feed", feed_header(self.feeds()))
        return Answer(answer.status, (*answer.headers, feed, *readers, _EXPOSED), answer.body)


def is_quick(wanted: Route, rights: Rights) -> bool:
    """Whether a request costs one look-up by key at most, so that a thread would cost more than the work."""
    if wanted.action == "write":
        return True
    return wanted.action == "read" and wanted.type not in SURROUNDINGS and not isinstance(rights.context, WardContext)


async def _request_of(scope: Scope, receive: Receive, path: str) -> tuple[Request, Refused | None]:
    """The request, and what is wrong with its body."""
    headers = headers_of(scope)
    wanted = route(scope["method"], path)
    request = Request(
        wanted,
        headers.get("authorization"),
        headers.get("accept"),
        headers.get("if-none-match"),
        scope["query_string"],
        None,
    )
    if scope["method"] != "POST" or wanted.action != "search":
        return request, None
    if not is_form(headers.get("content-type")):
        return request, Refused(415, "not-supported", "content_type", "_search takes a form.")
    try:
        return request._replace(form=await read_body(receive)), None
    except Refused as refused:
        return request, refused


def _who(rights: Rights | None) -> dict[str, str | None]:
    if rights is None:
        return {}
    return {"person": rights.person, "client": rights.client, "grant": rights.grant, "context": told(rights.context)}


def _names(request: Request) -> tuple[str, ...]:
    if not request.query and not request.form:
        return ()
    try:
        pairs = (*parameters_of(request.query), *parameters_of(request.form or b""))
    except Refused:
        return ("?",)
    return parameter_names(request.route.type, pairs)


def _failure(error: Exception) -> Refused:
    return Refused(500, "exception", type(error).__name__, "Something failed inside; nothing was shown.")


def _unaudited() -> Answer:
    return answer_refused(
        Refused(
            503, "transient", "audit", "The audit cannot be written, so nothing is shown.", remedy="Try again later."
        )
    )
