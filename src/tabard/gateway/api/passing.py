"""Passing through: what a chain, `_has` or `_revinclude` may go through, as parameters that the record adds. Deny by default.

A type whose limit is no search of its own is not gone through: a match would tell of what is not to be seen. What is
restricted is left out of every chain, also under a broken glass: by a chain nobody sees what it was that matched.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tabard.fhir.asking import Added
from tabard.gateway.api.looking import Looking
from tabard.gateway.errors import Refused
from tabard.gateway.model import EncounterContext, PatientContext, Rights
from tabard.gateway.policy import SURROUNDINGS, Limit
from tabard.gateway.policy.shielding import hides

_UNRESTRICTED = ("_security:not", "R,V")
_NOTHING = ("_id", "none")


@dataclass(frozen=True, slots=True)
class Passing:
    """What these rights may go through."""

    looking: Looking
    rights: Rights

    def __call__(self, resource_type: str) -> Sequence[Added] | None:
        """What must hold of the type; None where it may not be gone through at all."""
        if resource_type in self.looking.elsewhere:
            return None
        try:
            within = self.looking.limit(self.rights, resource_type, "s")
        except Refused:
            return None
        if not within.is_exact:
            return None
        if within.ids is not None and not within.ids:
            return (_NOTHING,)
        if resource_type == "Patient" or resource_type in SURROUNDINGS:
            return within.parameters
        return (*within.parameters, _UNRESTRICTED) if self._is_open() else None

    def _is_open(self) -> bool:
        """Whether the bound patient is none of whom something is hidden or withheld; without a bound patient nobody can say."""
        match self.rights.context:
            case PatientContext(patient) | EncounterContext(_, patient):
                stored = self.looking.record.read("Patient", patient)
                if stored is None or hides(stored):
                    return False
                about = {"resourceType": "Basic", "id": "any", "subject": {"reference": f"Patient/{patient}"}}
                return self.looking.breaking.closed(Limit(), self.rights, "Basic").permits("any", lambda: about)
            case _:
                return False
