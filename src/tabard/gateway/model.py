"""Who asks, from where, and within which context: the gateway's values."""

from dataclasses import dataclass

from tabard.fhir.scopes import Scopes

CLINICIAN = "clinician"
"""The role that may see patients."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person signed in at the portal. Roles: `clinician`, `integration`, `admin`."""

    id: str
    name: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Client:
    """A product's app as installed here; `scopes` is what it was accredited for, as one text."""

    id: str
    name: str
    launch_uri: str
    redirect_uris: tuple[str, ...]
    origin: str
    scopes: str


@dataclass(frozen=True, slots=True)
class PatientContext:
    """One patient, whatever the visit. Ids are the record's."""

    patient: str


@dataclass(frozen=True, slots=True)
class EncounterContext:
    """One visit of one patient."""

    encounter: str
    patient: str


@dataclass(frozen=True, slots=True)
class WardContext:
    """Who is on a ward now; `ward` is the id of its Location."""

    ward: str


@dataclass(frozen=True, slots=True)
class WholeHospital:
    """No limit: for the portal's own door alone. A token can never hold it."""


Context = PatientContext | EncounterContext | WardContext
"""What a product can be launched with."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What a request may do: on whose behalf, by which product, with which scopes, within which context.

    `grant` is the id of the approval that all tokens of one launch share; None at the portal's door.
    """

    person: str
    roles: frozenset[str]
    scopes: Scopes
    context: Context | WholeHospital
    client: str | None = None
    grant: str | None = None
    origin: str | None = None


def told(context: Context | WholeHospital) -> str:
    """The context as one reference, for the audit."""
    match context:
        case PatientContext(patient):
            return f"Patient/{patient}"
        case EncounterContext(encounter, _):
            return f"Encounter/{encounter}"
        case WardContext(ward):
            return f"Location/{ward}"
        case WholeHospital():
            return "hospital"
