"""The OAuth endpoints over HTTP: authorize, token, revoke, introspect. Every one is audited before it answers."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from tabard.audit import AuditEvent, AuditLog, Outcome
from tabard.gateway.errors import OAuthRefused
from tabard.gateway.http import NO_STORE, Answer, Header, cors
from tabard.gateway.model import Client, Rights, told
from tabard.gateway.policy.subjects import subject_of
from tabard.gateway.smart.authentication import Authentication
from tabard.gateway.smart.authorize import Asked, Authorize, Coded, Sent
from tabard.gateway.smart.grants import Grants, Issued
from tabard.gateway.smart.id_tokens import IdTokens
from tabard.gateway.smart.introspection import Introspection
from tabard.gateway.smart.requests import once_each, require
from tabard.gateway.smart.telling import introspected, token_response
from tabard.gateway.smart.token import Token
from tabard.ground.time import Clock

Pairs = tuple[tuple[str, str], ...]
_JSON: Header = (b"content-type", b"application/json;charset=UTF-8")
_QUIET: tuple[Header, ...] = (*NO_STORE, (b"referrer-policy", b"no-referrer"))
_PLAIN: Header = (b"content-type", b"text/plain;charset=UTF-8")
_BASIC: Header = (b"www-authenticate", b'Basic realm="tabard", charset="UTF-8"')
_UNAUTHORIZED = 401


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Blocking: run them in a thread. Raise AuditUnavailable where nothing may be answered. `style` is a public address."""

    authorizing: Authorize
    authentication: Authentication
    tokens: Token
    grants: Grants
    introspection: Introspection
    id_tokens: IdTokens
    style: str
    audit: AuditLog
    clock: Clock

    def authorize(self, pairs: Pairs, headers: Mapping[str, str]) -> Answer:
        """A redirect with a code or an error, or to a page of ours; a plain page where there is nowhere safe to redirect to."""
        try:
            asked = self.authorizing.identify(pairs)
        except OAuthRefused as refused:
            self._write("authorize", Outcome.refused, reason=refused.error)
            return Answer(400, (*_QUIET, _PLAIN), f"{refused.message}\n".encode())
        try:
            found = self.authorizing.begin(asked, headers)
        except OAuthRefused as refused:
            self._write("authorize", Outcome.refused, client=asked.client.id, reason=refused.error)
            return self._back(asked, refused)
        self._write_authorized(asked.client, found)
        return _redirect(found.location, 302 if isinstance(found, Coded) else 303)

    def token(self, pairs: Pairs, headers: Mapping[str, str] | None = None) -> Answer:
        """Tokens as JSON, or an OAuth error."""
        parameters, repeated = once_each(pairs)
        action = "refresh" if parameters.get("grant_type") == "refresh_token" else "token"
        client: Client | None = None
        try:
            _refuse_repeated(repeated)
            client = self.authentication.client(parameters, _authorization(headers))
            issued = self.tokens.issue(client, parameters)
        except OAuthRefused as refused:
            self._write(action, Outcome.refused, client=_id(client), grant=refused.grant, reason=refused.reason)
            return self._error(refused, client, pairs, headers)
        id_token = self.id_tokens.of(issued)
        self._write_issued(action, issued)
        body = msgspec.json.encode(token_response(issued, self.style, id_token))
        return Answer(200, (_JSON, *NO_STORE, *cors(issued.held.rights.origin)), body)

    def revoke(self, pairs: Pairs, headers: Mapping[str, str] | None = None) -> Answer:
        """200, whether the token was known or not. Source: RFC 7009, 2.2."""
        parameters, repeated = once_each(pairs)
        client: Client | None = None
        try:
            _refuse_repeated(repeated)
            client = self.authentication.proven(parameters, _authorization(headers))
            grant = self.grants.revoke_token(require(parameters, "token"), client.id)
        except OAuthRefused as refused:
            self._write("revoke", Outcome.refused, client=_id(client), reason=refused.reason)
            return self._error(refused, client, pairs, headers)
        self._write("revoke", Outcome.granted, client=client.id, grant=grant)
        return Answer(200, (*NO_STORE, *cors(client.origin)))

    def introspect(self, pairs: Pairs, headers: Mapping[str, str] | None = None) -> Answer:
        """What a token is, to somebody who may ask; a token that is not good is told to be that and no more. Source: RFC 7662, 2."""
        parameters, repeated = once_each(pairs)
        client: Client | None = None
        try:
            _refuse_repeated(repeated)
            client = self.introspection.asker(parameters, _authorization(headers))
            held = self.introspection.of(require(parameters, "token"), client)
        except OAuthRefused as refused:
            self._write("introspect", Outcome.refused, client=_id(client), reason=refused.reason)
            return self._error(refused, client, pairs, headers)
        self._write("introspect", Outcome.granted, client=client.id, grant=None if held is None else held.grant_id)
        body = {"active": False} if held is None else introspected(self.id_tokens.issuer, held)
        return Answer(200, (_JSON, *NO_STORE, *cors(client.origin)), msgspec.json.encode(body))

    def _back(self, asked: Asked, refused: OAuthRefused) -> Answer:
        said = {"error": refused.error, "error_description": refused.message}
        return _redirect(self.authorizing.approving.back(asked.redirect_uri, asked.state, said), 302)

    def _error(
        self, refused: OAuthRefused, client: Client | None, pairs: Pairs, headers: Mapping[str, str] | None
    ) -> Answer:
        """The error, readable to the pages of the client that was named, known good or not: it holds nothing else."""
        named = client or self.authentication.clients.client(dict(pairs).get("client_id", ""))
        asked = (_BASIC,) if refused.status == _UNAUTHORIZED and _authorization(headers) is not None else ()
        body = msgspec.json.encode({"error": refused.error, "error_description": refused.message})
        readers = cors(None if named is None else named.origin)
        return Answer(refused.status, (_JSON, *NO_STORE, *readers, *asked), body)

    def _write_authorized(self, client: Client, found: Coded | Sent) -> None:
        if isinstance(found, Coded):
            self._write(
                "authorize",
                Outcome.granted,
                client=client.id,
                person=found.person.id,
                context=told(found.context),
                patients=subject_of(found.context),
            )
        elif found.person is not None:
            self._write("authorize", Outcome.granted, client=client.id, person=found.person.id, reason=found.why)

    def _write_issued(self, action: str, issued: Issued) -> None:
        rights: Rights = issued.held.rights
        context, about = told(rights.context), subject_of(rights.context)
        who = {"client": rights.client, "person": rights.person, "grant": rights.grant}
        self._write(action, Outcome.granted, **who, context=context, patients=about)

    def _write(self, action: str, outcome: Outcome, **told_: str | tuple[str, ...] | None) -> None:
        self.audit.write(replace(AuditEvent(self.clock(), action, outcome), **told_)).result()


def _refuse_repeated(repeated: frozenset[str]) -> None:
    """No parameter may be said twice: two readers might each take another. Source: RFC 6749, 3.2."""
    if repeated:
        raise OAuthRefused("invalid_request", "A parameter came more than once.")


def _authorization(headers: Mapping[str, str] | None) -> str | None:
    return None if headers is None else headers.get("authorization")


def _id(client: Client | None) -> str | None:
    return None if client is None else client.id


def _redirect(location: str, status: int) -> Answer:
    return Answer(status, (*_QUIET, (b"location", location.encode("ascii"))))
