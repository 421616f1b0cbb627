"""What a Tabard product's own code may import: CDS Hooks services, and a FHIR client over the gateway's socket."""

from tabard_kit.cards import Card, Indicator, Link
from tabard_kit.fhir import Fhir, FhirError, Resource
from tabard_kit.hooks import BadCall, Request, Services, hook, services
from tabard_kit.serving import serve

__all__ = [
    "BadCall",
    "Card",
    "Fhir",
    "FhirError",
    "Indicator",
    "Link",
    "Request",
    "Resource",
    "Services",
    "hook",
    "serve",
    "services",
]
