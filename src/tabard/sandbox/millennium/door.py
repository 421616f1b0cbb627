"""The door: the pretend Millennium's HTTP end; who is let in, and what a bad day does to an answer."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tabard.fhir.scopes import Letter, Level
from tabard.ground.time import Clock
from tabard.sandbox.millennium import answers
from tabard.sandbox.millennium.address import Address
from tabard.sandbox.millennium.authority import Authority, NoToken
from tabard.sandbox.millennium.launches import Launches
from tabard.sandbox.millennium.refusals import Refusals
from tabard.sandbox.millennium.rules import RULES
from tabard.sandbox.millennium.shelf import Shelf
from tabard.sandbox.millennium.statements import capability, smart_configuration
from tabard.sandbox.millennium.trouble import Ordered, Trouble, Troubles
from tabard.sandbox.millennium.writing import WRITES

_WRONG_TENANT = "Tenant not valid or accessible"
_URN = "urn%3Acerner%3Aerror%3Aauthorization-server%3Aoauth2%3Atoken%3A"


_WRITES = frozenset({"POST", "PUT"})
_ENDING = frozenset({Trouble.cut, Trouble.lost_answer, Trouble.silent, Trouble.late_write})


Cut = Callable[[tuple[str, int]], None]
"""Ends the connection from a host and port at once."""


class Door:
    """Routes, checks and troubles around a shelf."""

    def __init__(
        self,
        address: Address,
        shelf: Shelf,
        authority: Authority,
        refusals: Refusals,
        troubles: Troubles,
        clock: Clock,
        launches: Launches,
    ) -> None:
        self._address = address
        self._shelf = shelf
        self._authority = authority
        self._refusals = refusals
        self._troubles = troubles
        self._clock = clock
        self._launches = launches

    def app(self, cut: Cut, screen: Sequence[Route]) -> Starlette:
        """The application; `cut` is the server's way to end a connection, `screen` what a doctor sees."""
        base, token = "/r4/{tenant}", "/tenants/{tenant}/hosts/{host}/protocols/oauth2/profiles/smart-v1/token"

        def ends(handle: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
            async def end(request: Request) -> Response:
                return await self._through_trouble(request, handle, cut)

            return end

        return Starlette(
            routes=[
                Route(f"{base}/metadata", self._metadata),
                Route(f"{base}/.well-known/smart-configuration", self._smart_configuration),
                Route(token, self._token, methods=["POST"]),
                Route("/tenants/{tenant}/oidc/jwks", self._jwks),
                *screen,
                Route(f"{base}/{{type}}", ends(self._search), methods=["GET"]),
                Route(f"{base}/{{type}}", ends(self._create), methods=["POST"]),
                Route(f"{base}/{{type}}/{{id}}", ends(self._read), methods=["GET"]),
                Route(f"{base}/{{type}}/{{id}}", ends(self._update), methods=["PUT"]),
            ]
        )

    async def _metadata(self, request: Request) -> Response:
        if refusal := self._wrong_tenant(request) or _not_json(request):
            return refusal
        today = f"{self._clock():%Y-%m-%d}"
        return answers.resource(capability(self._address.base, self._address.token_url, today), _kind(request))

    async def _smart_configuration(self, request: Request) -> Response:
        told = smart_configuration(self._address)
        return self._wrong_tenant(request) or JSONResponse(told)

    async def _token(self, request: Request) -> Response:
        if refusal := self._wrong_tenant(request):
            return refusal
        form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
        try:
            if form.get("grant_type") == "authorization_code":
                told = self._launches.token(form)
            else:
                told = self._authority.token(form, request.headers.get("authorization"), self._address.token_url)
        except NoToken as refused:
            self._refusals.add("token", form, refused.why)
            return _no_token(refused)
        return JSONResponse(told, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})

    async def _jwks(self, request: Request) -> Response:
        return self._wrong_tenant(request) or JSONResponse(self._launches.jwks())

    async def _search(self, request: Request) -> Response:
        type_ = request.path_params["type"]
        return self._stopped(request, type_, "s") or self._shelf.search(type_, request.url.query, _kind(request))

    async def _read(self, request: Request) -> Response:
        type_, id_ = request.path_params["type"], request.path_params["id"]
        return self._stopped(request, type_, "r") or self._shelf.read(type_, id_, _kind(request))

    async def _create(self, request: Request) -> Response:
        type_ = request.path_params["type"]
        raw = await request.body()
        return self._stopped(request, type_, "c") or _not_written(type_, "create") or self._shelf.create(type_, raw)

    async def _update(self, request: Request) -> Response:
        type_, id_ = request.path_params["type"], request.path_params["id"]
        raw, if_match = await request.body(), request.headers.get("if-match")
        stopped = self._stopped(request, type_, "u") or _not_written(type_, "update")
        return stopped or self._shelf.update(type_, id_, raw, if_match)

    async def _through_trouble(
        self, request: Request, handle: Callable[[Request], Awaitable[Response]], cut: Cut
    ) -> Response:
        """The answer, or what is ordered in its place."""
        ordered = self._troubles.take(is_write=request.method in _WRITES)
        if ordered is None:
            return await handle(request)
        if ordered.kind is Trouble.slow:
            await asyncio.sleep(ordered.delay_s)
            return await handle(request)
        if ordered.kind is Trouble.late_answer:
            answer = await handle(request)
            await asyncio.sleep(ordered.delay_s)
            return answer
        if ordered.kind in _ENDING:
            await self._ended(request, ordered, handle, cut)
            return Response()
        return _answer_of(ordered)

    async def _ended(
        self, request: Request, ordered: Ordered, handle: Callable[[Request], Awaitable[Response]], cut: Cut
    ) -> None:
        """The connection ends without an answer; what is asked is done before, after, or not at all."""
        if ordered.kind is Trouble.silent:
            await asyncio.sleep(ordered.delay_s)
        if ordered.kind is Trouble.lost_answer:
            await handle(request)
        if ordered.kind is Trouble.late_write:
            await request.body()  # before the connection ends that brings it
        cut((request.client.host, request.client.port) if request.client else ("", 0))
        if ordered.kind is Trouble.late_write:
            await asyncio.sleep(ordered.delay_s)
            await handle(request)

    def _stopped(self, request: Request, type_: str, letter: Letter) -> Response | None:
        """Why this request goes no further, None when it may."""
        return (
            self._wrong_tenant(request)
            or _not_json(request)
            or self._not_let_in(request, type_, letter)
            or self._not_served(request, type_)
        )

    def _wrong_tenant(self, request: Request) -> Response | None:
        is_right = request.path_params["tenant"] == self._address.tenant
        return None if is_right else answers.plain(403, _WRONG_TENANT)

    def _not_let_in(self, request: Request, type_: str, letter: Letter) -> Response | None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        scopes = self._authority.scopes_of(token) if scheme.lower() == "bearer" else None
        if scopes is None:
            return answers.said(401, b"", "text/html", {"WWW-Authenticate": 'Bearer error="invalid_token"'})
        if type_ in RULES and not scopes.permits(type_, letter, [Level.system]):
            self._refusals.add(type_, request.query_params, "the token's scopes do not hold this")
            return answers.outcome(403, "forbidden", "the token's scopes do not hold this")
        return None

    def _not_served(self, request: Request, type_: str) -> Response | None:
        if type_ in RULES:
            return None
        self._refusals.add(type_, request.query_params, "this type is not served")
        return answers.outcome(404, "not-supported", "this type is not served")


def _not_written(type_: str, interaction: str) -> Response | None:
    is_taken = type_ in WRITES and interaction in WRITES[type_].interactions
    return None if is_taken else answers.outcome(405, "not-supported", "this type is not written")


def _not_json(request: Request) -> Response | None:
    """Whoever takes no JSON gets nothing. Source: R4 documentation, client errors, 5."""
    accepted = request.headers.get("accept", "*/*").lower()
    wants_xml = "xml" in request.query_params.get("_format", "")
    takes_json = "json" in accepted or "*/*" in accepted or "application/*" in accepted
    return answers.said(406, b"", "text/html") if wants_xml or not takes_json else None


def _kind(request: Request) -> str:
    """The old name of FHIR's JSON for those who ask by it."""
    return answers.OLD_FHIR_JSON if answers.OLD_FHIR_JSON in request.headers.get("accept", "") else answers.FHIR_JSON


def _no_token(refused: NoToken) -> Response:
    """OAuth's error, without a description: the address of one, as it does. Source: R4 documentation, authorization."""
    told: Mapping[str, Any] = {
        "error": refused.error,
        "error_uri": f"https://authorization.cerner.com/errors/{_URN}{refused.error.replace('_', '-')}",
    }
    headers = {"Cache-Control": "no-store"} | ({"WWW-Authenticate": "Basic"} if refused.status == 401 else {})  # noqa: PLR2004  HTTP's own number
    return JSONResponse(told, refused.status, headers=headers)


def _answer_of(ordered: Ordered) -> Response:
    """What comes in the place of an answer."""
    return {
        Trouble.throttled: lambda: answers.outcome(
            429, "throttled", "Too Many Requests", retry_after_s=ordered.retry_after_s
        ),
        Trouble.server_error: lambda: answers.outcome(500, "required", "a required field is missing", "fatal"),
        Trouble.unavailable: lambda: answers.said(503, b"<html><body>Service Unavailable</body></html>", "text/html"),
        Trouble.plain_text: lambda: answers.plain(200, "The service is being moved."),
        Trouble.empty_body: lambda: answers.said(200, b"", "text/html"),
        Trouble.stale: lambda: answers.outcome(409, "conflict", "the resource has another version by now"),
        Trouble.unauthorized: lambda: answers.said(401, b"", "text/html", {"WWW-Authenticate": "Bearer"}),
    }[ordered.kind]()
