"""Whose what is kept is, and to what it refers: never beyond what the product may reach."""

from collections.abc import Collection

from tabard.fhir import Resource
from tabard.gateway.errors import Refused, forbidden
from tabard.gateway.kept.model import LETTERS, Change
from tabard.gateway.kept.ports import Sight
from tabard.gateway.kept.references import literal, local, unreachable
from tabard.gateway.kept.shape import misshapen
from tabard.gateway.model import EncounterContext, PatientContext, Rights, told
from tabard.gateway.policy import COMPARTMENT


def check_about(rights: Rights, sight: Sight, resource: Resource, change: Change) -> None:
    """Raises Refused (422) unless the resource is about the patient of the launch, and in a visit about that visit."""
    within = sight.limit(rights, change.type, LETTERS[change.action])
    if not within.permits(resource["id"], lambda: resource):
        raise misshapen(
            f"{change.type}.{COMPARTMENT[change.type]}", f"the patient of the launch, in a visit that visit too ({told(rights.context)})",
            "somebody or something else", "Keep only what is about whom the product was opened for.",
        )  # fmt: skip


def check_references(
    rights: Rights, sight: Sight, resource: Resource, kind: str, made: Collection[str], gone: Collection[str]
) -> None:
    """Raises Refused (422) for a literal reference to anything but what may be reached, is made beside it, or is contained."""
    bound = _bound(rights)
    inside = {f"#{one.get('id')}" for one in resource.get("contained", ())} | {"#"}
    known: set[str] = set()
    for where, reference in literal(resource, kind):
        if reference in inside or reference in known:
            continue
        named = local(reference)
        if named is None or "/".join(named) in gone:
            raise unreachable(where)
        plain = "/".join(named)
        if plain not in bound and plain not in made and not sight.may_reach(rights, *named):
            raise unreachable(where)
        known.add(reference)


def _bound(rights: Rights) -> frozenset[str]:
    """What the launch itself named."""
    match rights.context:
        case PatientContext(patient):
            return frozenset({f"Patient/{patient}"})
        case EncounterContext(encounter, patient):
            return frozenset({f"Patient/{patient}", f"Encounter/{encounter}"})
        case _:
            return frozenset()


def outside() -> Refused:
    """403: not of this context."""
    return forbidden("context", "This is outside the context that the product was launched with.")
