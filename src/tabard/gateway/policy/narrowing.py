"""Narrowing: a search by what is hidden of somebody does not find them, as finding would tell.

Source: ITK HL7 v2 Message Specifications, ZU8-4 (location hiding); FHIR R4, search parameters of Patient.
"""

from collections.abc import Collection

from tabard.fhir import Resource
from tabard.fhir.matching import matches
from tabard.fhir.search_errors import BadSearch
from tabard.fhir.search_parameters import parameters_of
from tabard.gateway.errors import bad_request
from tabard.gateway.policy.limit import Check, Limit
from tabard.gateway.policy.references import referenced
from tabard.gateway.policy.referrers import Shield
from tabard.gateway.policy.shielding import hidden_in
from tabard.gateway.policy.types import SURROUNDINGS

_SEARCHED_BY = {
    "telecom": "telecom",
    "phone": "telecom",
    "email": "telecom",
    "general-practitioner": "generalPractitioner",
}
_ADDRESS = "address"
_ABOUT = frozenset({"patient", "subject", "encounter"})
"""Parameters that look at whom and which visit a resource is about, which is always shown."""

_PARTICIPANT = frozenset({"participant", "practitioner"})
_ROLE = "participant-type"

Pairs = tuple[tuple[str, str], ...]


def narrowed(within: Limit, resource_type: str, parameters: Pairs, shield: Shield) -> Limit:
    """The limit of a search: whom it would find by what is hidden is not found, and no visit by who is not shown in it.

    Raises Refused (400) where it would be sorted by what may be hidden: nobody is left out of a list for its order, and
    the place in it would tell.
    """
    _require_sorted_by_what_is_shown(resource_type, parameters)
    if resource_type == "Encounter":
        return _by_participant(
            within, [pair for pair in parameters if _bare(pair[0]) in {*_PARTICIPANT, _ROLE}], shield
        )
    if resource_type != "Patient":
        return _by_what_is_shown(within, [pair for pair in parameters if _is_telling(resource_type, pair[0])], shield)
    elements = {_element(name) for name, _ in parameters} - {None}
    if not elements:
        return within
    return _checked(within, lambda found: elements.isdisjoint(hidden_in(found)))


def _require_sorted_by_what_is_shown(resource_type: str, parameters: Pairs) -> None:
    sorts = (one.removeprefix("-") for name, value in parameters if name == "_sort" for one in value.split(","))
    if any(name in parameters_of(resource_type) and _may_be_hidden(resource_type, name) for name in sorts):
        raise bad_request(
            "sort", "Nothing is sorted by what may have to be hidden of somebody.", remedy="Sort by something else."
        )


def _by_participant(within: Limit, asked: Collection[tuple[str, str]], shield: Shield) -> Limit:
    if not asked:
        return within

    def permits(found: Resource) -> bool:
        shown = shield.visit(found)
        return shown is found or all(_names(shown, name, value) for name, value in asked)

    return _checked(within, permits)


def _by_what_is_shown(within: Limit, asked: Pairs | list[tuple[str, str]], shield: Shield) -> Limit:
    """Of what is not shown as it is, what a search would find by what is shown."""
    if not asked:
        return within

    def permits(found: Resource) -> bool:
        shown = shield.resource(found)
        if shown is found:
            return True
        try:
            return matches(shown, asked)
        except BadSearch:  # not to be told of one resource alone: then it is not found at all
            return False

    return _checked(within, permits)


def _may_be_hidden(resource_type: str, name: str) -> bool:
    return _element(name) is not None if resource_type == "Patient" else _is_telling(resource_type, name)


def _is_telling(resource_type: str, name: str) -> bool:
    """Whether a search parameter may look at whom or what is left out of the answer."""
    bare = _bare(name)
    if bare == _ROLE:
        return True
    if bare.startswith("_") or bare in _ABOUT or resource_type in SURROUNDINGS:
        return False
    if resource_type == "RelatedPerson" or "." in bare:
        return True
    known = parameters_of(resource_type).get(bare)
    return known is None or known.kind in {"reference", "composite"}


def _checked(within: Limit, permits: Check) -> Limit:
    def both(found: Resource) -> bool:
        return permits(found) and (within.check is None or within.check(found))

    return within._replace(check=both, is_exact=False)


def _names(visit: Resource, name: str, value: str) -> bool:
    """Whether a search finds the visit by who is shown in it, and as what; by other than a plain reference it does not."""
    if _bare(name) == _ROLE:
        return matches(visit, [(name, value)])
    kind = name.partition(":")[2] or "Practitioner"
    shown = {one for participant in visit.get("participant", ()) for one in referenced(participant)}
    return not shown.isdisjoint(one if "/" in one else f"{kind}/{one}" for one in value.split(","))


def _element(name: str) -> str | None:
    bare = _bare(name)
    return _ADDRESS if bare.partition("-")[0] == _ADDRESS else _SEARCHED_BY.get(bare)


def _bare(name: str) -> str:
    return name.partition(":")[0]
