"""Who asks: the access token of a request becomes rights, or a 401."""

from typing import Protocol

from tabard.gateway.errors import Refused
from tabard.gateway.model import Rights
from tabard.gateway.smart.held import Held
from tabard.ground.time import Clock


class Tokens(Protocol):
    """The access tokens that are good here."""

    def find(self, access_token: str, /) -> Held | None:
        """What a token holds, None where it is not good; the caller looks at `expires`."""


def rights_of(authorization: str | None, grants: Tokens, clock: Clock) -> Rights:
    """The rights of a good bearer token. Raises Refused (401). Source: RFC 6750 2.1, 3.1."""
    if authorization is None:
        raise Refused(401, "login", "no_token", "An access token is needed.", remedy="Launch from the portal.")
    scheme, _, token = authorization.partition(" ")
    held = grants.find(token.strip()) if scheme.lower() == "bearer" else None
    if held is None:
        raise Refused(401, "login", "bad_token", "This access token is not good.", remedy="Launch from the portal.")
    if held.expires <= clock():
        raise Refused(401, "expired", "expired_token", "This access token is too old.", remedy="Refresh it.")
    return held.rights
