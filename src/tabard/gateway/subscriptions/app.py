"""Subscriptions over HTTP: made, read, searched, changed, taken away by whoever owns them; `$status`, `$events`, and the topics.

Source: Subscriptions R5 Backport 1.1, operations $status and $events, topic discovery in R4; FHIR R4 3.1.0.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import structlog

from tabard.audit import AuditEvent, AuditLog, AuditUnavailable, Outcome
from tabard.fhir import encode
from tabard.gateway.api.access import Tokens, rights_of
from tabard.gateway.api.answers import answer_refused
from tabard.gateway.api.bodies import version_in
from tabard.gateway.api.formats import require_json
from tabard.gateway.api.request import Request
from tabard.gateway.api.routes import Route
from tabard.gateway.errors import Refused, bad_request, not_found
from tabard.gateway.http import (  # fmt: skip
    Answer,
    Header,
    Receive,
    Scope,
    Send,
    cors,
    headers_of,
    parameters_of,
    read_body,
    send_answer,
)
from tabard.gateway.model import Rights, told
from tabard.gateway.policy.breaking import glass_of
from tabard.gateway.subscriptions.desk import Desk
from tabard.gateway.subscriptions.model import Subscription
from tabard.gateway.subscriptions.reading import Pairs, action_of, each_once, form_in, parameters_in, resource_in
from tabard.gateway.subscriptions.shown import statuses
from tabard.gateway.subscriptions.telling_topics import TYPED, searchset, topics_told
from tabard.ground.errors import CallerError
from tabard.ground.time import Clock

_TYPE = "Subscription"
_LARGEST_BYTES = 64 * 1024
_CHANGES = frozenset({"create", "update", "delete"})
_CREATED, _GONE = 201, 204
_log = structlog.get_logger("tabard.gateway.subscriptions")


class Handled(NamedTuple):
    """An answer, and what the audit is told of it."""

    status: int
    body: bytes = b""
    headers: tuple[Header, ...] = ()
    id: str = ""
    seen: tuple[str, ...] = ()
    patients: tuple[str, ...] = ()


def is_subscription(path: str) -> bool:
    """Whether a path, relative to the FHIR base, is of subscriptions."""
    return path == _TYPE or path.startswith(f"{_TYPE}/")


@dataclass(frozen=True, slots=True)
class SubscriptionApp:
    """Everything below `Subscription`, and the topics. `date` is that of the topics, a FHIR date."""

    base: str
    desk: Desk
    tokens: Tokens
    audit: AuditLog
    clock: Clock
    date: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send, path: str) -> None:
        """Answer one request; `path` is relative to the base."""
        if not is_subscription(path):
            topics = topics_told(self.base, self.desk.delivering.topics.values(), self.date, scope["method"], path)
            await send_answer(send, topics, is_head=scope["method"] == "HEAD")
            return
        came: bytes | Refused = b""
        try:
            came = await read_body(receive, _LARGEST_BYTES) if scope["method"] in {"POST", "PUT"} else b""
        except Refused as refused:
            came = refused
        answer = await asyncio.to_thread(self._answered, scope, path, came)
        await send_answer(send, answer, is_head=scope["method"] == "HEAD")

    def _answered(self, scope: Scope, path: str, came: bytes | Refused) -> Answer:
        """Who asks comes first, then what is wrong with the asking; the audit is durable before anything is answered."""
        rights: Rights | None = None
        action, id_ = action_of(scope["method"], path)
        try:
            rights = rights_of(headers_of(scope).get("authorization"), self.tokens, self.clock)
            if action in _CHANGES:
                self._write(rights, action, id_, Outcome.granted, purpose="before it is kept")
            handled = self._carried_out(scope, rights, action, id_, came)
            self._write(rights, action, handled.id or id_, Outcome.granted, handled)
            answer = Answer(handled.status, (*(TYPED if handled.body else ()), *handled.headers), handled.body)
        except AuditUnavailable as error:
            answer = answer_refused(Refused(503, "transient", "audit", error.message))
        except CallerError as error:
            refused = error if isinstance(error, Refused) else bad_request("subscription", error.message)
            answer = self._refused(rights, action, id_, refused)
        except Exception as error:  # noqa: BLE001  whatever fails inside, the caller is told and the audit knows
            _log.error("subscription_failed", error=type(error).__name__)
            answer = self._refused(rights, action, id_, Refused(500, "exception", "failed", "Something failed inside."))
        origin = None if rights is None else rights.origin
        return answer._replace(headers=(*answer.headers, *cors(origin)))

    def _carried_out(self, scope: Scope, rights: Rights, action: str, id_: str, came: bytes | Refused) -> Handled:
        """What a request comes to. Raises Refused."""
        headers = headers_of(scope)
        pairs = parameters_of(scope["query_string"])
        require_json(headers.get("accept"), [value for name, value in pairs if name == "_format"])
        if isinstance(came, Refused):
            raise came
        if action in _CHANGES:
            return self._changed(headers, rights, action, id_, came)
        return self._looked(headers, rights, action, id_, came, pairs)

    def _changed(self, headers: Mapping[str, str], rights: Rights, action: str, id_: str, body: bytes) -> Handled:
        if action == "delete":
            self.desk.delete(rights, id_)
            return Handled(_GONE, id=id_)
        resource = resource_in(headers, body)
        if action == "create":
            done = self._one(self.desk.create(rights, resource), _CREATED)
        else:
            match = {b"if-match": headers["if-match"]} if "if-match" in headers else {}
            version = version_in(Request(Route("update"), match))
            done = self._one(self.desk.update(rights, id_, resource, version), 200)
        self.desk.nudge()
        return done

    def _looked(
        self, headers: Mapping[str, str], rights: Rights, action: str, id_: str, body: bytes, pairs: Pairs
    ) -> Handled:
        match action:
            case "search":
                found = self.desk.search(rights, (*pairs, *form_in(headers, body)))
                return Handled(200, encode(searchset(self.base, [self.desk.shown(one) for one in found])))
            case "read":
                return self._one(self.desk.read(rights, id_), 200)
            case "subscription-status":
                return self._status(rights, id_, (*pairs, *parameters_in(headers, body)))
            case "subscription-events":
                caught = self.desk.events(rights, id_, each_once((*pairs, *parameters_in(headers, body))))
                return Handled(200, caught.body, (), id_, caught.seen, caught.patients)
            case "method":
                raise Refused(405, "not-supported", "method", "This method is not supported here.")
            case _:
                raise not_found()

    def _status(self, rights: Rights, id_: str, pairs: Pairs) -> Handled:
        if id_:
            return Handled(200, encode(statuses(self.base, [self.desk.read(rights, id_)])), (), id_)
        ids = {one for name, value in pairs if name == "id" for one in value.split(",")}
        wanted = {one for name, value in pairs if name == "status" for one in value.split(",")}
        found = [
            one
            for one in self.desk.search(rights, ())
            if (not ids or one.id in ids) and (not wanted or one.status.value in wanted)
        ]
        return Handled(200, encode(statuses(self.base, found)))

    def _one(self, one: Subscription, status: int) -> Handled:
        headers: tuple[Header, ...] = ((b"etag", f'W/"{one.version}"'.encode()),)
        if status == _CREATED:
            headers = (*headers, (b"location", f"{self.base}/{_TYPE}/{one.id}".encode()))
        return Handled(status, encode(self.desk.shown(one)), headers, one.id)

    def _refused(self, rights: Rights | None, action: str, id_: str, refused: Refused) -> Answer:
        outcome = Outcome.failed if refused.status == 500 else Outcome.refused  # noqa: PLR2004  HTTP's own number
        try:
            self._write(rights, action, id_, outcome, Handled(refused.status), reason=refused.reason)
        except AuditUnavailable as error:
            return answer_refused(Refused(503, "transient", "audit", error.message))
        return answer_refused(refused, "GET, HEAD, POST, PUT, DELETE")

    def _write(
        self,
        rights: Rights | None,
        action: str,
        id_: str,
        outcome: Outcome,
        handled: Handled | None = None,
        *,
        reason: str | None = None,
        purpose: str | None = None,
    ) -> None:
        event = AuditEvent(
            self.clock(),
            action,
            outcome,
            person=None if rights is None else rights.person,
            client=None if rights is None else rights.client,
            grant=None if rights is None else rights.grant,
            context=None if rights is None else told(rights.context),
            glass=None if rights is None else glass_of(rights),
            resource=f"{_TYPE}/{id_}" if id_ else _TYPE,
            status=None if handled is None else handled.status,
            reason=reason,
            purpose=purpose,
            seen=() if handled is None else handled.seen,
            patients=() if handled is None else handled.patients,
        )
        self.audit.write(event).result()
