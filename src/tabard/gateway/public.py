"""What anybody may read without a token: the discovery document and the CapabilityStatement. No patient data, so no audit."""

import msgspec

from tabard.fhir import encode
from tabard.gateway.api.answers import answer_refused
from tabard.gateway.api.capability import capability_statement
from tabard.gateway.api.formats import JSON, require_json
from tabard.gateway.errors import Refused
from tabard.gateway.freshness import feed_header
from tabard.gateway.http import Answer, Header, parameters_of
from tabard.gateway.ports import Elsewhere, Feeds, Writes
from tabard.gateway.smart.discovery import discovery
from tabard.gateway.smart.grantable import writable_scopes

_ANYONE: Header = (b"access-control-allow-origin", b"*")


class Public:
    """Both documents, made once."""

    def __init__(
        self,
        base: str,
        auth: str,
        version: str,
        date: str,
        feeds: Feeds,
        elsewhere: Elsewhere,
        writes: Writes | None = None,
    ) -> None:
        self._discovery = Answer(
            200,
            ((b"content-type", b"application/json"), _ANYONE),
            msgspec.json.encode(discovery(auth, writable_scopes(writes))),
        )
        self._statement = encode(capability_statement(base, version, date, elsewhere, writes))
        self._feeds = feeds

    def discovery(self) -> Answer:
        """The discovery document, always JSON."""
        return self._discovery

    def metadata(self, accept: str | None, query: bytes) -> Answer:
        """The CapabilityStatement, or 406."""
        more: tuple[Header, ...] = (_ANYONE, (b"tabard-feed", feed_header(self._feeds())))
        try:
            require_json(accept, [value for name, value in parameters_of(query) if name == "_format"])
        except Refused as refused:
            answer = answer_refused(refused)
            return Answer(answer.status, (*answer.headers, *more), answer.body)
        return Answer(200, ((b"content-type", JSON), *more), self._statement)
