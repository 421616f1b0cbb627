"""Which scopes count in which context. Pure."""

from tabard.fhir.scopes import Letter, Level
from tabard.gateway.model import EncounterContext, PatientContext, Rights


def permits(rights: Rights, resource_type: str, letter: Letter) -> bool:
    """Whether a scope that counts allows `letter` on the type.

    Patient scopes count only where a patient is bound; system scopes never count here.
    """
    bound = isinstance(rights.context, PatientContext | EncounterContext)
    return rights.scopes.permits(resource_type, letter, (Level.patient, Level.user) if bound else (Level.user,))
