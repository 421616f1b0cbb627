"""The gateway over HTTP: which path is whose. Paths are told from the root, wherever the app is mounted."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from urllib.parse import urlencode

import msgspec
import structlog

from tabard.audit import AuditUnavailable
from tabard.database import DatabaseAway
from tabard.gateway.api.app import FhirApp
from tabard.gateway.egress.app import PATH as EGRESS, EgressApp
from tabard.gateway.errors import Refused
from tabard.gateway.export import ExportApp, is_export
from tabard.gateway.http import (
    NO_STORE,
    Answer,
    Receive,
    Scope,
    Send,
    headers_of,
    is_form,
    parameters_of,
    preflight,
    read_body,
    send_answer,
)
from tabard.gateway.ports import Sessions
from tabard.gateway.public import Public
from tabard.gateway.smart.endpoints import Endpoints
from tabard.gateway.subscriptions import SubscriptionApp, is_subscription, is_topic

_log = structlog.get_logger(__name__)
_JSON = (b"content-type", b"application/json")
_DISCOVERY = ".well-known/smart-configuration"
_OPENID = ".well-known/openid-configuration"
_PUBLIC = frozenset({_DISCOVERY, _OPENID, "metadata"})


@dataclass(frozen=True, slots=True)
class GatewayApp:
    """An ASGI app for the FHIR base (`/fhir`) and the OAuth endpoints (`/auth`)."""

    fhir_path: str
    auth_path: str
    fhir: FhirApp
    endpoints: Endpoints
    public: Public
    sessions: Sessions
    egress: EgressApp
    exports: ExportApp | None = None
    told: SubscriptionApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request; other kinds of connection are not ours."""
        if scope["type"] != "http":
            raise RuntimeError(f"the gateway speaks HTTP only, not {scope['type']}")
        path: str = scope["path"]
        if scope["method"] == "OPTIONS":
            await send_answer(send, preflight())
        elif path.startswith(f"{EGRESS}/"):
            await self.egress(scope, receive, send)
        elif not path.startswith(self.fhir_path) or path[len(self.fhir_path) :][:1] not in ("", "/"):
            await send_answer(send, await self._auth(scope, receive, path.removeprefix(self.auth_path)))
        else:
            await self._fhir(scope, receive, send, path[len(self.fhir_path) :].strip("/"))

    def _fhir(self, scope: Scope, receive: Receive, send: Send, path: str) -> Awaitable[None]:
        """What is below the FHIR base; `path` is relative to it. Not a coroutine of its own: each is gone through twice."""
        if path in _PUBLIC and scope["method"] == "GET":
            return send_answer(send, self._public(scope, path))
        if self.exports is not None and is_export(path):
            return self.exports(scope, receive, send, path)
        if self.told is not None and (is_subscription(path) or is_topic(path, scope["query_string"])):
            return self.told(scope, receive, send, path)
        return self.fhir(scope, receive, send, path)

    def _public(self, scope: Scope, path: str) -> Answer:
        if path == _DISCOVERY:
            return self.public.discovery()
        if path == _OPENID:
            return self.public.openid_configuration()
        return self.public.metadata(headers_of(scope).get("accept"), scope["query_string"])

    async def _auth(self, scope: Scope, receive: Receive, path: str) -> Answer:
        try:
            return await self._dispatch(scope, receive, path)
        except Refused as refused:
            return _failed(refused.status, "invalid_request", refused.message)
        except AuditUnavailable as error:
            return _failed(503, "temporarily_unavailable", error.message)
        except DatabaseAway:  # which tells of servers
            return _failed(503, "temporarily_unavailable", "The record does not answer now.")
        except Exception as error:  # noqa: BLE001  whatever fails inside, no token leaves and the caller is told
            _log.error("auth_failed", error=type(error).__name__, path=path)
            return _failed(500, "server_error", "Something failed inside.")

    async def _dispatch(self, scope: Scope, receive: Receive, path: str) -> Answer:
        match scope["method"], path:
            case "GET", "/authorize":
                return await self._authorize(scope, parameters_of(scope["query_string"]))
            case "POST", "/authorize":
                return await self._authorize_by_post(scope, await _form(scope, receive))
            case "POST", "/token" | "/revoke" | "/introspect":
                form, headers = await _form(scope, receive), headers_of(scope)
                act = {"/token": self.endpoints.token, "/revoke": self.endpoints.revoke}
                return await asyncio.to_thread(act.get(path, self.endpoints.introspect), form, headers)
            case "GET", "/jwks":
                return await asyncio.to_thread(self.public.jwks)
            case "GET", "/style.json":
                return self.public.style()
            case _, "/authorize" | "/token" | "/revoke" | "/introspect" | "/jwks" | "/style.json":
                raise Refused(405, "not-supported", "method", "This method is not supported here.")
            case _:
                raise Refused(404, "not-found", "route", "There is no such address here.")

    async def _authorize(self, scope: Scope, pairs: tuple[tuple[str, str], ...]) -> Answer:
        return await asyncio.to_thread(self.endpoints.authorize, pairs, headers_of(scope))

    async def _authorize_by_post(self, scope: Scope, pairs: tuple[tuple[str, str], ...]) -> Answer:
        """A browser keeps the portal's cookie back from another site's form; sent round as a GET, it gives it."""
        if await asyncio.to_thread(self.sessions.person_of, headers_of(scope)) is None:
            location = f"{self.auth_path}/authorize?{urlencode(pairs)}".encode("ascii")
            return Answer(303, (*NO_STORE, (b"location", location), (b"referrer-policy", b"no-referrer")))
        return await self._authorize(scope, pairs)


async def _form(scope: Scope, receive: Receive) -> tuple[tuple[str, str], ...]:
    if not is_form(headers_of(scope).get("content-type")):
        raise Refused(415, "not-supported", "content_type", "Send a form: application/x-www-form-urlencoded.")
    return parameters_of(await read_body(receive))


def _failed(status: int, error: str, message: str) -> Answer:
    body = msgspec.json.encode({"error": error, "error_description": message})
    return Answer(status, (_JSON, *NO_STORE), body)
