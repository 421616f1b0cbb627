"""Who asks: the access token of a request becomes rights, or a 401."""

from tabard.gateway.errors import Refused
from tabard.gateway.model import Rights
from tabard.gateway.smart.grants import Grants
from tabard.ground.time import Clock


def rights_of(authorization: str | None, grants: Grants, clock: Clock) -> Rights:
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
