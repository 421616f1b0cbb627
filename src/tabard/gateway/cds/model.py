"""What is asked at a moment of care, and what comes of it."""

from dataclasses import dataclass
from enum import StrEnum

from tabard.gateway.cds.cards import Card
from tabard.gateway.model import EncounterContext, PatientContext


class Hook(StrEnum):
    """The moments at which this hospital asks. Source: the hooks published with CDS Hooks 2.0."""

    patient_view = "patient-view"
    encounter_start = "encounter-start"
    encounter_discharge = "encounter-discharge"


@dataclass(frozen=True, slots=True)
class Service:
    """One CDS service of a product that is installed and live.

    `client` is the product's client_id, `product` its title, `id` the service's own id within the product; `prefetch` are
    (key, query template); `scopes` are those of the service alone; `timeout_s` bounds one call.
    """

    client: str
    product: str
    id: str
    hook: Hook
    title: str
    description: str
    prefetch: tuple[tuple[str, str], ...]
    scopes: str
    timeout_s: float

    @property
    def name(self) -> str:
        """What it is called towards the outside: unlike any other here."""
        return f"{self.client}.{self.id}"


@dataclass(frozen=True, slots=True)
class Occasion:
    """A moment of care: which hook, for which patient or visit, and who is in front of it.

    `person` is an id for the audit; `user` the reference of the FHIR user, "" where nobody is known by one.
    """

    hook: Hook
    context: PatientContext | EncounterContext
    person: str
    roles: frozenset[str]
    user: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """What one service said. `fault` is why it said nothing, or not all: a sentence without patient data, else ""."""

    service: Service
    cards: tuple[Card, ...] = ()
    fault: str = ""
