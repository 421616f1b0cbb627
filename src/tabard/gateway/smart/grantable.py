"""What can be granted at all of what a product was accredited for. Pure."""

from tabard.fhir.scopes import Scopes, parse
from tabard.gateway.ports import Writes

ONLINE = "online_access"
"""The scope word that gives a refresh token."""

_SERVABLE = parse(
    "patient/*.rs user/*.rs patient/Appointment.c patient/DocumentReference.c patient/Observation.c patient/Patient.u"
)


def grantable(accredited: str) -> Scopes:
    """`launch` always; of the rest reading, searching and online_access, and writing for a bound patient what may be written at all.

    Whether this hospital takes such writes is said by its CapabilityStatement, and by the answer to one.

    A text that is not written as scopes are raises BadScope.
    """
    scopes = parse(accredited)
    words = tuple(word for word in scopes.words if word == ONLINE)
    return Scopes(scopes.narrow(_SERVABLE).resources, ("launch", *words))


def writable_scopes(writes: Writes | None) -> tuple[str, ...]:
    """The scopes by which this hospital can be written; none where it takes no writes."""
    if writes is None:
        return ()
    return (*(f"patient/{kind}.c" for kind in sorted(writes.types)), *(["patient/Patient.u"] * writes.updates_patients))
