"""Egress over HTTP: `/egress/<host>[:port]/...` with the product's token, or on the product's own socket.

What is refused is audited; what is sent is audited before it leaves, with its size, and once more with what came back.
"""

import asyncio
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import Any

import msgspec
import structlog

from tabard.audit import AuditEvent, AuditLog, AuditUnavailable, Outcome
from tabard.gateway.api.access import Tokens, rights_of
from tabard.gateway.egress.approvals import Approvals, told_host
from tabard.gateway.egress.calling import METHODS, Caller, Incoming, Outgoing
from tabard.gateway.errors import Refused
from tabard.gateway.http import NO_STORE, Answer, Header, Receive, Scope, Send, cors, headers_of, read_body, send_answer
from tabard.gateway.model import ClientKind, Rights, told
from tabard.gateway.policy.breaking import glass_of
from tabard.gateway.policy.subjects import subject_of
from tabard.ground.time import Clock

PATH = "/egress"
_HOST = re.compile(r"/([a-z0-9.-]{1,253})(?::([1-9][0-9]{0,4}))?(/[\x21-\x7e]*)", re.ASCII)
_THREADS, _HTTPS = 8, 443
_TARGET_BYTES = 8 * 1024
_SAFE: tuple[Header, ...] = (
    (b"content-security-policy", b"sandbox; default-src 'none'"),
    (b"x-content-type-options", b"nosniff"),
    *NO_STORE,
)
"""Whatever a host answers is data, and never a page of ours."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class EgressApp:
    """An ASGI app for all below `/egress`. `product` is whose socket it is served on; None where tokens say who asks."""

    approvals: Approvals
    caller: Caller
    tokens: Tokens
    audit: AuditLog
    clock: Clock
    product: str | None = None
    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(_THREADS, thread_name_prefix="egress")
    )
    slots: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(_THREADS))
    """As many calls at once; whoever comes then is told so, and waits in no queue of ours."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; it reads whole paths."""
        rights: Rights | None = None
        event = AuditEvent(self.clock(), "egress", Outcome.refused, client=self.product, resource="urn:tabard:host:?")
        try:
            try:
                rights = self._rights(headers_of(scope))
                event = self._event(rights)
                body = await read_body(receive, self.caller.bounds.request_bytes)
                outgoing = _outgoing(scope, body)
                event = msgspec.structs.replace(event, resource=told_host(outgoing.name, outgoing.port))
                answer = await self._sent(event, outgoing)
            except Refused as refused:
                done = msgspec.structs.replace(
                    event, outcome=Outcome.refused, status=refused.status, reason=refused.reason
                )
                await self.audit.written(done, asyncio.get_running_loop())
                answer = _refused(refused)
        except AuditUnavailable as error:
            answer = _refused(Refused(503, "transient", "audit", error.message))
        origin = None if rights is None else rights.origin
        await send_answer(send, Answer(answer.status, (*answer.headers, *_SAFE, *cors(origin)), answer.body))

    async def _sent(self, event: AuditEvent, outgoing: Outgoing) -> Answer:
        """Judged, audited, sent, audited, answered. Raises Refused, AuditUnavailable."""
        loop = asyncio.get_running_loop()
        client = event.client or ""
        declared = await asyncio.to_thread(self.approvals.require, client, outgoing.name, outgoing.port)
        if not self.slots.acquire(blocking=False):
            raise Refused(
                503, "throttled", "busy", "Too many calls to outside hosts are under way.", remedy="Try again."
            )
        try:
            address = await loop.run_in_executor(self.threads, self.caller.locate, outgoing)
            size = len(outgoing.body) + len(outgoing.target)
            leaving = msgspec.structs.replace(event, outcome=Outcome.granted, purpose=declared.purpose, sent_bytes=size)
            await self.audit.written(leaving, loop)
            incoming = await loop.run_in_executor(self.threads, self.caller.call, outgoing, address)
        finally:
            self.slots.release()
        came = msgspec.structs.replace(
            leaving, status=incoming.status, sent_bytes=None, received_bytes=len(incoming.body)
        )
        await self.audit.written(came, loop)
        return _answer(incoming)

    def _rights(self, headers: Mapping[str, str]) -> Rights | None:
        """Whose call it is. Raises Refused (401, 403): only an installed product calls out."""
        authorization = headers.get("authorization")
        if self.product is not None and authorization is None:
            return None
        rights = rights_of(authorization, self.tokens, self.clock)
        if rights.client_kind is not ClientKind.product or self.product not in (None, rights.client):
            raise Refused(403, "forbidden", "client", "Only an installed product calls outside hosts.")
        return rights

    def _event(self, rights: Rights | None) -> AuditEvent:
        event = AuditEvent(self.clock(), "egress", Outcome.refused, client=self.product, resource="urn:tabard:host:?")
        if rights is None:
            return event
        who: dict[str, Any] = {"person": rights.person, "client": rights.client, "grant": rights.grant}
        about = {"context": told(rights.context), "patients": subject_of(rights.context), "glass": glass_of(rights)}
        return msgspec.structs.replace(event, **who, **about)


def _outgoing(scope: Scope, body: bytes) -> Outgoing:
    """What is asked to be sent, from the path as it came. Raises Refused (400, 405, 414)."""
    if scope["method"] not in METHODS:
        raise Refused(405, "not-supported", "method", "This method is not sent on.")
    raw = scope.get("raw_path") or scope["path"].encode()
    query = scope["query_string"]
    if len(raw) + len(query) > _TARGET_BYTES:
        raise Refused(414, "too-long", "target_too_long", f"An address may hold {_TARGET_BYTES} bytes here.")
    whole = raw.partition(b"?")[0].decode("latin-1").removeprefix(PATH)
    found = _HOST.fullmatch(whole)
    told_query = query.decode("latin-1")
    if found is None or not all("\x21" <= mark <= "\x7e" for mark in told_query):
        raise Refused(400, "invalid", "address", "This is no address: /egress/<host>/<path>.")
    name, port, target = found.groups()
    return Outgoing(
        scope["method"],
        name,
        int(port or _HTTPS),
        f"{target}?{told_query}" if told_query else target,
        dict(headers_of(scope)),
        body,
    )


def _answer(incoming: Incoming) -> Answer:
    kinds = () if any(name == b"content-type" for name, _ in incoming.headers) else ((b"content-type", b"application/octet-stream"),)  # fmt: skip
    return Answer(incoming.status, (*incoming.headers, *kinds), incoming.body)


def _refused(refused: Refused) -> Answer:
    told_ = {"error": refused.reason, "message": refused.message, "remedy": refused.remedy}
    return Answer(refused.status, ((b"content-type", b"application/json"),), msgspec.json.encode(told_))
