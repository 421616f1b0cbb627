"""Gateway: the only door products have to the information. SMART App Launch, policy, FHIR API, audit."""

from tabard.gateway.door import Door
from tabard.gateway.errors import Refused
from tabard.gateway.gateway import Gateway
from tabard.gateway.model import (
    CLINICIAN,
    Client,
    Context,
    EncounterContext,
    PatientContext,
    Person,
    WardContext,
)
from tabard.gateway.ports import ClientRegistry, Elsewhere, Feed, Feeds, Record, Sessions, Waits
from tabard.gateway.smart.lifetimes import Lifetimes

__all__ = [
    "CLINICIAN",
    "Client",
    "ClientRegistry",
    "Context",
    "Door",
    "Elsewhere",
    "EncounterContext",
    "Feed",
    "Feeds",
    "Gateway",
    "Lifetimes",
    "PatientContext",
    "Person",
    "Record",
    "Refused",
    "Sessions",
    "Waits",
    "WardContext",
]
