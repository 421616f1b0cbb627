"""Which scopes count in which context, and what they ask of a resource. Pure."""

from tabard.fhir.scopes import Letter, Level, Search
from tabard.gateway.model import SYSTEM, ClientKind, EncounterContext, PatientContext, Rights, WholeHospital


def permits(rights: Rights, resource_type: str, letter: Letter) -> bool:
    """Whether a scope that counts allows `letter` on the type, be it only on some resources of it (see `searches`)."""
    return rights.scopes.permits(resource_type, letter, _levels(rights))


def searches(rights: Rights, resource_type: str, letter: Letter) -> tuple[Search, ...]:
    """What a resource must match, any one of these, for the scopes that count to allow `letter` on it; () for nothing."""
    return rights.scopes.searches(resource_type, letter, _levels(rights))


def is_service(rights: Rights) -> bool:
    """Whether a backend service asks, with nobody in front of it. Only the gateway gives these rights."""
    return rights.client_kind is ClientKind.backend and rights.roles == {SYSTEM}


def _levels(rights: Rights) -> tuple[Level, ...]:
    """Patient scopes count only where a patient is bound, those of a system only for a service in no context."""
    if is_service(rights):
        return (Level.system,) if isinstance(rights.context, WholeHospital) else ()
    if isinstance(rights.context, PatientContext | EncounterContext):
        return (Level.patient, Level.user)
    return (Level.user,)
