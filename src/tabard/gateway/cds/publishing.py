"""The key by which a product knows that it is this hospital that asks, published where each proof says (`jku`).

Source: CDS Hooks 2.0, "Trusting CDS Clients"; RFC 7517.
"""

from dataclasses import dataclass

import msgspec

from tabard.gateway.cds.proofs import Proofs
from tabard.gateway.http import Answer, Receive, Scope, Send, send_answer

WELL_KNOWN = "/.well-known"
JWKS = f"{WELL_KNOWN}/cds-hooks-jwks.json"
_HEADERS = (
    (b"content-type", b"application/json"),
    (b"cache-control", b"public, max-age=300"),  # no longer than a proof is good: the key is of this process alone
    (b"access-control-allow-origin", b"*"),
)


@dataclass(frozen=True, slots=True)
class JwksApp:
    """An ASGI app for what is below `WELL_KNOWN` at the hospital's root: the one JWK Set, read by anybody."""

    proofs: Proofs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        del receive
        is_asked = scope["path"] == JWKS and scope["method"] in ("GET", "HEAD")
        answer = Answer(200, _HEADERS, self._keys()) if is_asked else Answer(404, ((b"content-type", b"text/plain"),))
        await send_answer(send, answer, is_head=scope["method"] == "HEAD")

    def _keys(self) -> bytes:
        return msgspec.json.encode({"keys": [self.proofs.published()]})
