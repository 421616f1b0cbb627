"""What can be granted at all of what a product was accredited for. Pure."""

from tabard.fhir.scopes import Scopes, parse

ONLINE = "online_access"
"""The scope word that gives a refresh token."""

_SERVABLE = parse("patient/*.rs user/*.rs")


def grantable(accredited: str) -> Scopes:
    """`launch` always; of the rest reading, searching and online_access. Writing is served to nobody, so it is not granted.

    A text that is not written as scopes are raises BadScope.
    """
    scopes = parse(accredited)
    words = tuple(word for word in scopes.words if word == ONLINE)
    return Scopes(scopes.narrow(_SERVABLE).resources, ("launch", *words))
