"""The OAuth endpoints over HTTP: authorize, token, revoke. Every one is audited before it answers."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from tabard.audit import AuditEvent, AuditLog, Outcome
from tabard.gateway.errors import OAuthRefused
from tabard.gateway.http import NO_STORE, Answer, Header, cors
from tabard.gateway.model import Client, told
from tabard.gateway.policy.subjects import subject_of
from tabard.gateway.smart.authorize import Asked, Authorize
from tabard.gateway.smart.grants import Grants, Issued
from tabard.gateway.smart.requests import once_each, require, with_parameters
from tabard.gateway.smart.token import Token, token_response
from tabard.ground.time import Clock

Pairs = tuple[tuple[str, str], ...]
_JSON: Header = (b"content-type", b"application/json;charset=UTF-8")
_QUIET: tuple[Header, ...] = (*NO_STORE, (b"referrer-policy", b"no-referrer"))


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Blocking: run them in a thread. Raise AuditUnavailable where nothing may be answered."""

    authorizing: Authorize
    tokens: Token
    grants: Grants
    audit: AuditLog
    clock: Clock

    def authorize(self, pairs: Pairs, headers: Mapping[str, str]) -> Answer:
        """A redirect with a code or an error; a plain page where there is nowhere safe to redirect to."""
        try:
            asked = self.authorizing.identify(pairs)
        except OAuthRefused as refused:
            self._write("authorize", Outcome.refused, reason=refused.error)
            return Answer(
                400, (*_QUIET, (b"content-type", b"text/plain;charset=UTF-8")), f"{refused.message}\n".encode()
            )
        try:
            code, launch = self.authorizing.approve(asked, headers)
        except OAuthRefused as refused:
            self._write("authorize", Outcome.refused, client=asked.client.id, reason=refused.error)
            return _back(asked, (("error", refused.error), ("error_description", refused.message)))
        context, about = told(launch.context), subject_of(launch.context)
        who = {"client": asked.client.id, "person": launch.person}
        self._write("authorize", Outcome.granted, **who, context=context, patients=about)
        return _back(asked, (("code", code),))

    def token(self, pairs: Pairs) -> Answer:
        """Tokens as JSON, or an OAuth error."""
        parameters, repeated = once_each(pairs)
        action = "refresh" if parameters.get("grant_type") == "refresh_token" else "token"
        client: Client | None = None
        try:
            client = self.tokens.client(parameters)
            if repeated:
                raise OAuthRefused("invalid_request", "A parameter came more than once.")  # noqa: TRY301  one way out for all refusals
            issued = self.tokens.issue(client, parameters)
        except OAuthRefused as refused:
            self._write(action, Outcome.refused, client=_id(client), grant=refused.grant, reason=refused.reason)
            return _error(refused, client)
        self._write_issued(action, issued)
        body = msgspec.json.encode(token_response(issued))
        return Answer(200, (_JSON, *NO_STORE, *cors(issued.held.rights.origin)), body)

    def revoke(self, pairs: Pairs) -> Answer:
        """200, whether the token was known or not. Source: RFC 7009, 2.2."""
        parameters, _ = once_each(pairs)
        client: Client | None = None
        try:
            client = self.tokens.client(parameters)
            if client is None:
                raise OAuthRefused("invalid_client", "The parameter client_id is missing or empty.", status=401)  # noqa: TRY301  as above
            grant = self.grants.revoke_token(require(parameters, "token"), client.id)
        except OAuthRefused as refused:
            self._write("revoke", Outcome.refused, client=_id(client), reason=refused.error)
            return _error(refused, client)
        self._write("revoke", Outcome.granted, client=client.id, grant=grant)
        return Answer(200, (*NO_STORE, *cors(client.origin)))

    def _write_issued(self, action: str, issued: Issued) -> None:
        rights = issued.held.rights
        context, about = told(rights.context), subject_of(rights.context)
        who = {"client": rights.client, "person": rights.person, "grant": rights.grant}
        self._write(action, Outcome.granted, **who, context=context, patients=about)

    def _write(self, action: str, outcome: Outcome, **told_: str | tuple[str, ...] | None) -> None:
        self.audit.write(replace(AuditEvent(self.clock(), action, outcome), **told_)).result()


def _id(client: Client | None) -> str | None:
    return None if client is None else client.id


def _back(asked: Asked, pairs: Pairs) -> Answer:
    state = () if asked.state is None else (("state", asked.state),)
    return Answer(302, (*_QUIET, (b"location", with_parameters(asked.redirect_uri, (*pairs, *state)).encode("ascii"))))


def _error(refused: OAuthRefused, client: Client | None) -> Answer:
    body = msgspec.json.encode({"error": refused.error, "error_description": refused.message})
    return Answer(refused.status, (_JSON, *NO_STORE, *cors(None if client is None else client.origin)), body)
