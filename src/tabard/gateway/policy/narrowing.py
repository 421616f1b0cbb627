"""Narrowing: a search by what is hidden of somebody does not find them, as finding would tell. Pure.

Source: ITK HL7 v2 Message Specifications, ZU8-4 (location hiding); FHIR R4, search parameters of Patient.
"""

from collections.abc import Collection

from tabard.fhir import Resource
from tabard.gateway.policy.limit import Check, Limit
from tabard.gateway.policy.references import referenced
from tabard.gateway.policy.referrers import Shield
from tabard.gateway.policy.shielding import hidden_in

_SEARCHED_BY = {
    "telecom": "telecom",
    "phone": "telecom",
    "email": "telecom",
    "general-practitioner": "generalPractitioner",
}
_ADDRESS = "address"
_PARTICIPANT = frozenset({"participant", "practitioner"})

Pairs = tuple[tuple[str, str], ...]


def narrowed(within: Limit, resource_type: str, parameters: Pairs, shield: Shield) -> Limit:
    """The limit of a search: whom it would find by what is hidden is not found, and no visit by who is not shown in it."""
    if resource_type == "Encounter":
        return _by_participant(within, [pair for pair in parameters if _bare(pair[0]) in _PARTICIPANT], shield)
    elements = {_element(name) for name, _ in parameters} - {None} if resource_type == "Patient" else set()
    if not elements:
        return within
    return _checked(within, lambda found: elements.isdisjoint(hidden_in(found)))


def _by_participant(within: Limit, asked: Collection[tuple[str, str]], shield: Shield) -> Limit:
    if not asked:
        return within

    def permits(found: Resource) -> bool:
        shown = shield.visit(found)
        return shown is found or all(_names(shown, name, value) for name, value in asked)

    return _checked(within, permits)


def _checked(within: Limit, permits: Check) -> Limit:
    def both(found: Resource) -> bool:
        return permits(found) and (within.check is None or within.check(found))

    return within._replace(check=both, is_exact=False)


def _names(visit: Resource, name: str, value: str) -> bool:
    """Whether a search finds the visit by who is shown in it; by other than a plain reference it does not."""
    kind = name.partition(":")[2] or "Practitioner"
    shown = {one for participant in visit.get("participant", ()) for one in referenced(participant)}
    return not shown.isdisjoint(one if "/" in one else f"{kind}/{one}" for one in value.split(","))


def _element(name: str) -> str | None:
    bare = _bare(name)
    return _ADDRESS if bare.partition("-")[0] == _ADDRESS else _SEARCHED_BY.get(bare)


def _bare(name: str) -> str:
    return name.partition(":")[0]
