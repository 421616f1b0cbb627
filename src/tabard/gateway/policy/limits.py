"""What a request's rights leave of one resource type: parameters to append and a check on every result. Pure.

Deny by default: whatever is not named here is refused, and a right that lacks a part (no patient id, an unknown
context) refuses too. Source: SMART App Launch 2.2, "Scopes and Launch Context"; for wards, Tabard's own policy.
"""

from collections.abc import Callable

from tabard.fhir.scopes import Letter, Level
from tabard.gateway.errors import Refused, forbidden
from tabard.gateway.model import (
    CLINICIAN,
    EncounterContext,
    PatientContext,
    Rights,
    WardContext,
    WholeHospital,
)
from tabard.gateway.policy.about import SEVERAL, is_of_patient, is_of_visit
from tabard.gateway.policy.filtering import filtered
from tabard.gateway.policy.limit import Limit
from tabard.gateway.policy.reach import Reach
from tabard.gateway.policy.scoping import is_service, permits, searches
from tabard.gateway.policy.stays import IN_PROGRESS, is_staying
from tabard.gateway.policy.types import COMPARTMENT, SERVED, SURROUNDINGS

_SERVED = frozenset(SERVED)
_LOOKING = frozenset({"r", "s"})


def require_scope(rights: Rights, resource_type: str, letter: Letter) -> None:
    """Refuse (403) unless a scope that counts permits `letter` on the type, and the person may see patients at all."""
    if ("scope", resource_type, letter) in rights.worked_out:
        return
    if CLINICIAN not in rights.roles and not is_service(rights):
        raise forbidden("role", "This person's roles do not let them see patients.")
    if not permits(rights, resource_type, letter):
        raise forbidden(
            "scope",
            f"The scopes granted do not allow this on {resource_type}.",
            remedy="Ask for the scope, and have the product accredited for it.",
        )
    if resource_type in _SERVED:  # names that a stranger makes up are not kept
        rights.worked_out["scope", resource_type, letter] = True


def require_write_scope(rights: Rights, resource_type: str, letter: Letter) -> tuple[str, str | None]:
    """The patient and, where it was launched in one, the visit within which `rights` may write the type.

    Refuses (403) without a scope at the level of a patient, and where no patient is bound: whose it is, is never left to
    the product. Source: SMART App Launch 2.2, "Scopes and Launch Context".
    """
    if CLINICIAN not in rights.roles:
        raise forbidden("role", "This person's roles do not let them write for patients.")
    if not rights.scopes.permits(resource_type, letter, (Level.patient,)):
        raise forbidden(
            "scope",
            f"The scopes granted do not allow this on {resource_type}.",
            remedy=f"Ask for patient/{resource_type}.{letter}, and have the product accredited for it.",
        )
    match rights.context:
        case PatientContext(patient) if patient:
            return patient, None
        case EncounterContext(encounter, patient) if encounter and patient:
            return patient, encounter
        case _:
            raise forbidden(
                "context", "Nothing is written but for a patient.", remedy="Launch on a patient or on a visit."
            )


def limit(rights: Rights, resource_type: str, letter: Letter, reach: Callable[[], Reach]) -> Limit:
    """What `rights` leave of `resource_type` for `letter`, of which `require_scope` was asked before.

    `reach` looks around the context and is called only where that is needed. Raises Refused (403, or 404 for a type that
    is not served).
    """
    kept = rights.worked_out.get(("limit", resource_type, letter))
    if isinstance(kept, Limit):
        return kept
    if resource_type not in _SERVED:
        raise Refused(404, "not-supported", "type", "This resource type is not served here.")
    made = filtered(_within(rights, resource_type, reach), searches(rights, resource_type, letter))
    if _is_of_rights_alone(rights, resource_type, letter):
        rights.worked_out["limit", resource_type, letter] = made
    return made


def _is_of_rights_alone(rights: Rights, resource_type: str, letter: Letter) -> bool:
    """Whether a limit holds for as long as the rights do: what lies around a context changes, whose a chart is does not."""
    is_of_one = isinstance(rights.context, PatientContext | EncounterContext)
    return is_of_one and letter in _LOOKING and resource_type not in SURROUNDINGS


def _within(rights: Rights, resource_type: str, reach: Callable[[], Reach]) -> Limit:
    """What the context leaves of a type."""
    match rights.context:
        case WholeHospital():
            return Limit()
        case PatientContext(patient) if patient:
            return _within_patient(patient, resource_type, reach)
        case EncounterContext(encounter, patient) if encounter and patient:
            return _within_encounter(encounter, patient, resource_type, reach)
        case WardContext(ward) if ward:
            return _within_ward(resource_type, reach)
        case _:
            raise _outside(resource_type)


def _within_patient(patient: str, resource_type: str, reach: Callable[[], Reach]) -> Limit:
    if resource_type == "Patient":
        return _only(frozenset({patient}))
    if resource_type in COMPARTMENT:
        about = ((COMPARTMENT[resource_type], f"Patient/{patient}"),)
        is_exact = resource_type not in SEVERAL
        return Limit(None, about, lambda found: is_of_patient(found, resource_type, patient), is_exact=is_exact)
    return _only(reach().ids(resource_type))


def _within_encounter(encounter: str, patient: str, resource_type: str, reach: Callable[[], Reach]) -> Limit:
    """The patient's limit, and of the visits this one alone: a result of another visit must not be taken for this one's."""
    inner = _within_patient(patient, resource_type, reach)
    if resource_type == "Encounter":
        ids = frozenset({encounter})
        return Limit(ids, (*inner.parameters, ("_id", encounter)), inner.check)
    if resource_type in COMPARTMENT:
        return Limit(
            None,
            inner.parameters,
            lambda found: inner.permits(found["id"], lambda: found) and is_of_visit(found, resource_type, encounter),
            is_exact=False,
        )
    return inner


def _within_ward(resource_type: str, reach: Callable[[], Reach]) -> Limit:
    if resource_type == "Encounter":
        places = reach().places
        where = ("location", ",".join(sorted(places)))
        return Limit(None, (("status", IN_PROGRESS), where), lambda found: is_staying(found, places), is_exact=False)
    if resource_type == "Patient" or resource_type in SURROUNDINGS:
        return _only(reach().ids(resource_type))
    raise _outside(resource_type)


def _only(ids: frozenset[str]) -> Limit:
    return Limit(ids, (("_id", ",".join(sorted(ids))),))


def _outside(resource_type: str) -> Refused:
    return forbidden("context", f"{resource_type} is outside the context this product was launched with.")
