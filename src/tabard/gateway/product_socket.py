"""What one product's server is served on its own Unix socket: the FHIR API, with tokens that are of that product, and egress.

Who asks is told by the socket, for whom by the token that the hospital lends with each call. A token that was lent to
another product is worth nothing here, however it was come by; and there is no way to a new one: what gives tokens is not here.
"""

from dataclasses import dataclass

from tabard.gateway.api.access import Tokens
from tabard.gateway.api.answers import answer_refused
from tabard.gateway.api.app import FhirApp
from tabard.gateway.egress.app import PATH as EGRESS, EgressApp
from tabard.gateway.errors import Refused
from tabard.gateway.http import Receive, Scope, Send, headers_of, send_answer
from tabard.gateway.public import Public
from tabard.gateway.smart.held import Held
from tabard.gateway.subscriptions import SubscriptionApp, is_subscription, is_topic

_NOT_HERE = Refused(404, "not-found", "route", "There is no such address here.", remedy="Ask below the FHIR base.")
_STATEMENT = "metadata"


@dataclass(frozen=True, slots=True)
class TokensOf:
    """The tokens that are of one product."""

    product: str
    tokens: Tokens

    def find(self, access_token: str, /) -> Held | None:
        """What the token holds, where it is this product's."""
        held = self.tokens.find(access_token)
        return held if held is not None and held.rights.client == self.product else None


@dataclass(frozen=True, slots=True)
class ProductSocket:
    """An ASGI app for one product's socket; it reads whole paths, as the gateway's own does."""

    fhir_path: str
    fhir: FhirApp
    public: Public
    egress: EgressApp
    told: SubscriptionApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request; other kinds of connection are not ours."""
        if scope["type"] != "http":
            raise RuntimeError(f"the gateway speaks HTTP only, not {scope['type']}")
        path: str = scope["path"]
        if path.startswith(f"{EGRESS}/"):
            await self.egress(scope, receive, send)
            return
        relative = path.removeprefix(self.fhir_path)
        bare = relative.strip("/")
        if relative == path or relative[:1] not in ("", "/"):
            await send_answer(send, answer_refused(_NOT_HERE))
        elif bare == _STATEMENT and scope["method"] == "GET":
            await send_answer(send, self.public.metadata(headers_of(scope).get("accept"), scope["query_string"]))
        elif self.told is not None and (is_subscription(bare) or is_topic(bare, scope["query_string"])):
            await self.told(scope, receive, send, bare)
        else:
            await self.fhir(scope, receive, send, bare)
