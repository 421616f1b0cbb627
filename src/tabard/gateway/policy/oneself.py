"""Who uses an app may be read by it, where it is told who that is: their own Practitioner, and nobody else's. Pure.

Source: SMART App Launch 2.2, "Scopes for requesting identity data" (fhirUser): a resource that the app can fetch.
"""

from tabard.gateway.model import CLINICIAN, Rights
from tabard.gateway.policy.limit import Limit

_TOLD_BY = frozenset({"fhirUser", "profile"})


def oneself(rights: Rights, resource_type: str, resource_id: str) -> Limit | None:
    """The limit of reading the person's own Practitioner, whatever the other scopes; None for anything else."""
    is_asked = rights.fhir_user is not None and (resource_type, resource_id) == ("Practitioner", rights.fhir_user)
    if not is_asked or CLINICIAN not in rights.roles or _TOLD_BY.isdisjoint(rights.scopes.words):
        return None
    return Limit(ids=frozenset({resource_id}))
