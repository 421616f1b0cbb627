"""What a Tabard product's own code may import: CDS Hooks services, what hears of changes, and a FHIR client over the gateway's socket."""

from tabard_kit.cards import Card, Indicator, Link
from tabard_kit.errors import BadCall
from tabard_kit.fhir import Fhir, FhirError, Resource
from tabard_kit.hooks import Request, Services, hook, services, subscription
from tabard_kit.notifications import Change, Event, Notification, NotificationType
from tabard_kit.serving import serve

__all__ = [
    "BadCall",
    "Card",
    "Change",
    "Event",
    "Fhir",
    "FhirError",
    "Indicator",
    "Link",
    "Notification",
    "NotificationType",
    "Request",
    "Resource",
    "Services",
    "hook",
    "serve",
    "services",
    "subscription",
]
