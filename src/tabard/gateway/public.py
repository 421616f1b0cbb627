"""What anybody may read without a token: discovery, keys, style, CapabilityStatement. No patient data, so no audit."""

import msgspec

from tabard.fhir import encode
from tabard.gateway.api.answers import answer_refused
from tabard.gateway.api.capability import Topics, capability_statement
from tabard.gateway.api.formats import JSON, require_json
from tabard.gateway.api.offering import Offering
from tabard.gateway.errors import Refused
from tabard.gateway.freshness import feed_header
from tabard.gateway.http import Answer, Header, parameters_of
from tabard.gateway.ports import Elsewhere, Feeds
from tabard.gateway.smart.discovery import discovery, openid_configuration
from tabard.gateway.smart.signing_keys import SigningKeys
from tabard.gateway.smart.style import STYLE

_ANYONE: Header = (b"access-control-allow-origin", b"*")
_JSON: Header = (b"content-type", b"application/json")


class Public:
    """The documents, made once; the JWK Set as its keys are now."""

    def __init__(  # noqa: PLR0913  each is told in one of the documents
        self,
        base: str,
        auth: str,
        version: str,
        date: str,
        feeds: Feeds,
        elsewhere: Elsewhere,
        offering: Offering,
        *,
        keys: SigningKeys,
        topics: Topics | None = None,
    ) -> None:
        self._discovery = _json(discovery(base, auth, offering.scopes()))
        self._openid = _json(openid_configuration(base, auth))
        self._style = Answer(200, (_JSON, _ANYONE, (b"cache-control", b"public, max-age=86400")), STYLE)
        self._keys = keys
        self._statement = encode(capability_statement(base, auth, version, date, elsewhere, offering, topics))
        self._feeds = feeds

    def discovery(self) -> Answer:
        """The discovery document, always JSON."""
        return self._discovery

    def openid_configuration(self) -> Answer:
        """The document of OpenID Connect, at the issuer."""
        return self._openid

    def jwks(self) -> Answer:
        """The public keys of id_tokens. Blocking: they may be in a file. Raises CallerError for one that is damaged."""
        return _json(self._keys.public(), (b"cache-control", b"public, max-age=300"))

    def style(self) -> Answer:
        """How the portal looks."""
        return self._style

    def metadata(self, accept: str | None, query: bytes) -> Answer:
        """The CapabilityStatement, or 406."""
        more: tuple[Header, ...] = (_ANYONE, (b"tabard-feed", feed_header(self._feeds())))
        try:
            require_json(accept, [value for name, value in parameters_of(query) if name == "_format"])
        except Refused as refused:
            answer = answer_refused(refused)
            return Answer(answer.status, (*answer.headers, *more), answer.body)
        return Answer(200, ((b"content-type", JSON), *more), self._statement)


def _json(told: object, *more: Header) -> Answer:
    return Answer(200, (_JSON, _ANYONE, *more), msgspec.json.encode(told))
