"""Who asks, from where, and within which context: the gateway's values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tabard.fhir.scopes import Scopes

CLINICIAN = "clinician"
"""The role that may see patients."""

SYSTEM = "system"
"""The role of a backend service: nobody's, given by the gateway alone."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person signed in at the portal. Roles: `clinician`, `integration`, `clinical_safety`, `admin`.

    `practitioner` is the record's id of the Practitioner that they are; None where nobody knows of one. `session` is a digest
    of the session in which they ask, None where that is not known.
    """

    id: str
    name: str
    roles: frozenset[str]
    practitioner: str | None = None
    session: str | None = None


class ClientKind(StrEnum):
    """What a client is here."""

    product = "product"
    """A product that was accredited and installed: nobody is asked for consent at its launch."""
    third_party = "third_party"
    """An app that this hospital registered by itself: who uses it consents, and may narrow what it gets."""
    backend = "backend"
    """A service without a person in front of it, with scopes of a system."""


@dataclass(frozen=True, slots=True)
class Client:
    """An app as this hospital knows it; `scopes` is what it was accredited or registered for, as one text.

    It is public unless it has a secret (kept as its digest), or keys (a JWK Set, or where one is published).
    """

    id: str
    name: str
    launch_uri: str
    redirect_uris: tuple[str, ...]
    origin: str | None
    scopes: str
    kind: ClientKind = ClientKind.product
    secret_digest: str | None = None
    jwks: Mapping[str, Any] | None = None
    jwks_uri: str | None = None
    is_patient_facing: bool = False

    @property
    def is_public(self) -> bool:
        """Whether it has nothing to prove itself with."""
        return self.secret_digest is None and self.jwks is None and self.jwks_uri is None


@dataclass(frozen=True, slots=True)
class PatientContext:
    """One patient, whatever the visit. Ids are the record's."""

    patient: str
    glass: str | None = None


@dataclass(frozen=True, slots=True)
class EncounterContext:
    """One visit of one patient. `glass`, as for a patient, is the break of the glass under which it was launched."""

    encounter: str
    patient: str
    glass: str | None = None


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

    `grant` is the id of the approval that all tokens of one launch share; None at the portal's door. `fhir_user` is the id
    of the person's own Practitioner, where the client is told who they are. `session` is known at the portal's door alone.
    """

    person: str
    roles: frozenset[str]
    scopes: Scopes
    context: Context | WholeHospital
    client: str | None = None
    grant: str | None = None
    origin: str | None = None
    client_kind: ClientKind = ClientKind.product
    fhir_user: str | None = None
    session: str | None = None
    worked_out: dict[tuple[str, str, str], object] = field(init=False, repr=False, compare=False, default_factory=dict)
    """What policy worked out of these rights alone, so that a token's next request need not: never copied to other rights."""


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
