"""What can be granted at all of what a client was accredited or registered for. Pure."""

from tabard.fhir.scopes import Scopes, parse
from tabard.gateway.model import Client, ClientKind

ONLINE = "online_access"
"""The scope word for a refresh token that ends when the person signs out."""

OFFLINE = "offline_access"
"""The scope word for a refresh token that outlives the person's session."""

OPENID = "openid"
FHIR_USER = "fhirUser"
PROFILE = "profile"
"""The word by which older apps ask for what `fhirUser` gives."""

LAUNCH = "launch"
LAUNCH_PATIENT = "launch/patient"
LAUNCH_ENCOUNTER = "launch/encounter"
INTROSPECT = "introspect"
"""Registered for a resource server that may ask about every token; never granted to anybody's token."""

WORDS = (OPENID, FHIR_USER, PROFILE, LAUNCH, LAUNCH_PATIENT, LAUNCH_ENCOUNTER, ONLINE, OFFLINE)

_OF_PEOPLE = parse("patient/*.cruds user/*.rs user/AuditEvent.rs")
_OF_SERVICES = parse("system/*.rs system/AuditEvent.rs")


def grantable(client: Client) -> Scopes:
    """Of what the client may ask for at all, what this server can give to a client of its kind.

    A person's client gets `launch` always, the words that it may ask for, and scopes of a patient or user; a service gets
    scopes of a system alone. What the server then answers is the API's. A text that is not written as scopes raises BadScope.
    """
    scopes = parse(client.scopes)
    if client.kind is ClientKind.backend:
        return Scopes(scopes.narrow(_OF_SERVICES).resources)
    words = (LAUNCH, *(word for word in scopes.words if word in WORDS and word != LAUNCH))
    return Scopes(scopes.narrow(_OF_PEOPLE).resources, words)
