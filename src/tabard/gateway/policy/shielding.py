"""Shielding: somebody who must not be found. What would give the person away leaves this door for nobody. Pure.

A Patient that its record system marked (ITK, ZU8-4) names in an extension the elements to hide. They are taken out of every
answer, of old versions too, and whom they name is not reached through them. The label stays, so that a reader knows that something is hidden.
Source: ITK HL7 v2 Message Specifications, ZU8-4 (location hiding): addresses, phones, next of kin and GP.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from tabard.dialect import SHIELDED
from tabard.fhir import Resource, decode, encode
from tabard.gateway.policy.references import referenced
from tabard.gateway.ports import Stored

_ALL = frozenset({"address", "contact", "generalPractitioner", "telecom"})
_SHIELDED, _LABELLED, _REPLACED = SHIELDED.encode(), b'"security"', b'"replaced-by"'
_RESTRICTED = frozenset({"R", "V"})


class Shown(NamedTuple):
    """A version as it may be shown."""

    type: str
    id: str
    version: int
    updated: datetime
    body: bytes


def hidden_in(resource: Resource) -> frozenset[str]:
    """The elements of a resource that must be hidden; a restricted patient whose elements are not named hides all of them.

    So does a registration that was merged away: whether its person must be hidden is told of who survived it since.
    """
    if resource.get("resourceType") != "Patient":
        return frozenset()
    if any(one.get("type") == "replaced-by" for one in resource.get("link", ())):
        return _ALL
    named = {
        part.get("valueCode")
        for one in resource.get("extension", ())
        if one.get("url") == SHIELDED
        for part in one.get("extension", ())
    }
    if named:
        return frozenset(str(one) for one in named if one)
    labels = {one.get("code") for one in resource.get("meta", {}).get("security", ())}
    return frozenset() if labels.isdisjoint(_RESTRICTED) else _ALL


def without(resource: Resource, hidden: Collection[str]) -> Resource:
    """The resource without the elements."""
    return {name: value for name, value in resource.items() if name.removeprefix("_") not in hidden}


def shielded(resource: Resource) -> Resource:
    """The resource as it may be shown."""
    hidden = hidden_in(resource)
    return without(resource, hidden) if hidden else resource


def shown(stored: Stored, now: Stored | None = None) -> Stored:
    """The version as it may be shown: without what it hides itself, and what the version of `now` hides."""
    if stored.type != "Patient":
        return stored
    hidden = hides(stored) | (hides(now) if now is not None else frozenset())
    if not hidden:
        return stored
    body = encode(without(decode(stored.body), hidden))
    return Shown(stored.type, stored.id, stored.version, stored.updated, body)


def reached(included: Iterable[Stored], matches: Sequence[Stored]) -> list[Stored]:
    """Of what came along with the matches, what they point at when they are shown; `matches` are as shown."""
    if not any(isinstance(one, Shown) for one in matches):
        return list(included)
    named: set[str] = set()
    for one in matches:
        named |= referenced(decode(one.body))
    return [one for one in included if f"{one.type}/{one.id}" in named]


def hides(stored: Stored) -> frozenset[str]:
    """The elements that a version of a patient hides; only what may be marked is decoded."""
    body = stored.body
    is_marked = _SHIELDED in body or _LABELLED in body or _REPLACED in body
    return hidden_in(decode(body)) if is_marked else frozenset()
