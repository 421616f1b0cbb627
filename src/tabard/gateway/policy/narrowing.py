"""Narrowing: a search by what is hidden of somebody does not find them, as finding would tell. Pure.

Source: ITK HL7 v2 Message Specifications, ZU8-4 (location hiding); FHIR R4, search parameters of Patient.
"""

from collections.abc import Iterable

from tabard.fhir import Resource
from tabard.gateway.policy.limits import Limit
from tabard.gateway.policy.shielding import hidden_in

_SEARCHED_BY = {
    "telecom": "telecom",
    "phone": "telecom",
    "email": "telecom",
    "general-practitioner": "generalPractitioner",
}
_ADDRESS = "address"


def narrowed(within: Limit, resource_type: str, names: Iterable[str]) -> Limit:
    """The limit of a search by parameters of these names: whom it would find by what is hidden is not found."""
    elements = {_element(name) for name in names} - {None} if resource_type == "Patient" else set()
    if not elements:
        return within

    def permits(found: Resource) -> bool:
        return elements.isdisjoint(hidden_in(found)) and (within.check is None or within.check(found))

    return within._replace(check=permits, is_exact=False)


def _element(name: str) -> str | None:
    bare = name.partition(":")[0]
    return _ADDRESS if bare.partition("-")[0] == _ADDRESS else _SEARCHED_BY.get(bare)
