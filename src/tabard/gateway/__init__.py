"""Gateway: the only door products have to the information. SMART App Launch, policy, FHIR API, audit."""

from tabard.gateway.door import Door
from tabard.gateway.errors import Refused
from tabard.gateway.gateway import Gateway
from tabard.gateway.launching import Launching
from tabard.gateway.model import (
    CLINICIAN,
    Client,
    ClientKind,
    Context,
    EncounterContext,
    PatientContext,
    Person,
    WardContext,
)
from tabard.gateway.ports import ClientRegistry, Elsewhere, Feed, Feeds, Record, Sessions, Waits
from tabard.gateway.smart.client_secrets import new_client_secret
from tabard.gateway.smart.consenting import Asking
from tabard.gateway.smart.jwk_sets import BadJwks, client_keys
from tabard.gateway.smart.launches import Launches
from tabard.gateway.smart.lifetimes import Lifetimes
from tabard.gateway.smart.schema import prepare as prepare_gateway
from tabard.gateway.smart.signing_keys import SigningKeys

__all__ = [
    "CLINICIAN",
    "Asking",
    "BadJwks",
    "Client",
    "ClientKind",
    "ClientRegistry",
    "Context",
    "Door",
    "Elsewhere",
    "EncounterContext",
    "Feed",
    "Feeds",
    "Gateway",
    "Launches",
    "Launching",
    "Lifetimes",
    "PatientContext",
    "Person",
    "Record",
    "Refused",
    "Sessions",
    "SigningKeys",
    "Waits",
    "WardContext",
    "client_keys",
    "new_client_secret",
    "prepare_gateway",
]
