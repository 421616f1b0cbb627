"""A resource of the record as the EHR may have it: every id the EHR's, every one that it does not know refused. Pure.

The way back of rewriting: what refers to the one patient refers to the EHR's; what refers to anybody else is refused whole.
A visit or a result that is not joined is refused too, for without it the words would mean something else; staff and places
that are not joined are told by their words.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tabard.fhir import Resource, encode
from tabard.link.ehr.guard import leaks

_GONE: Any = object()
_PEOPLE = frozenset({"Patient", "Person", "RelatedPerson"})
_BY_WORDS = frozenset({"Practitioner", "PractitionerRole", "Location", "Organization", "HealthcareService", "Device"})
_RELATIVE = re.compile(r"([A-Z][A-Za-z]{1,63})/([A-Za-z0-9\-.]{1,64})")
_OF_A_REFERENCE = frozenset({"reference", "identifier", "id"})
_NOT_SENT = frozenset({"meta", "text", "id"})


class NotTold(Exception):  # noqa: N818  a verdict on its way to a Written; it never leaves the room
    """What may not be sent: `is_of_another`, else a reference that is not known there. `where` names the type."""

    def __init__(self, where: str, *, is_of_another: bool) -> None:
        super().__init__(where)
        self.where = where
        self.is_of_another = is_of_another


@dataclass(frozen=True, slots=True)
class Abroad:
    """What the EHR calls things: the patient, by `known` the rest by type and the record's id, systems theirs by ours.

    `code_sets` stands in the record before the number of one of the tenant's code sets, `their_code_sets` there.
    """

    ours: str
    theirs: str
    known: Callable[[str, str], str | None]
    systems: Mapping[str, str]
    code_sets: str
    their_code_sets: str


def outward(resource: Resource, abroad: Abroad) -> Resource:
    """The resource as it may be sent, without id, meta and narrative. Raises NotTold."""
    going = _Going(abroad)
    body = {
        name: told
        for name, value in resource.items()
        if name not in _NOT_SENT
        if (told := going.value(value)) is not _GONE
    }
    if leaks(encode(body), (), going.seen):
        raise NotTold("an id of the record in words", is_of_another=False)
    return body


def patients_named(resource: Resource) -> frozenset[str]:
    """The record's ids of every patient whom a literal reference in the resource names."""
    return frozenset(
        found[2] for told in _references(resource) if (found := _RELATIVE.fullmatch(told)) and found[1] == "Patient"
    )


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["reference"]] if isinstance(value.get("reference"), str) else []
        return own + [told for each in value.values() for told in _references(each)]
    return [told for each in value for told in _references(each)] if isinstance(value, list) else []


class _Going:
    """One resource on its way out; `seen` are the record's ids in it."""

    def __init__(self, abroad: Abroad) -> None:
        self._abroad = abroad
        self.seen = {abroad.ours}

    def value(self, value: Any) -> Any:
        """A value as it may be sent."""
        if isinstance(value, dict):
            return (
                self._reference(value) if "reference" in value or value.get("type") in _PEOPLE else self._object(value)
            )
        if isinstance(value, list):
            told = [one for each in value if (one := self.value(each)) is not _GONE]
            return told or _GONE
        return value

    def _object(self, value: dict[str, Any]) -> Any:
        if value.get("resourceType") in _PEOPLE:
            raise NotTold(str(value["resourceType"]), is_of_another=True)
        told = {name: one for name, each in value.items() if (one := self.value(each)) is not _GONE}
        system = told.get("system")
        if isinstance(system, str):
            told["system"] = self._system(system)
        return told or _GONE

    def _system(self, system: str) -> str:
        ours = self._abroad.code_sets
        if system.startswith(ours):
            return self._abroad.their_code_sets + system.removeprefix(ours)
        return self._abroad.systems.get(system, system)

    def _reference(self, value: dict[str, Any]) -> Any:
        literal = value.get("reference")
        rest = {name: each for name, each in value.items() if name not in _OF_A_REFERENCE}
        if isinstance(literal, str) and literal.startswith("#"):
            return {**rest, "reference": literal}
        found = _RELATIVE.fullmatch(literal) if isinstance(literal, str) else None
        if found is None:
            raise NotTold("a reference outside the record", is_of_another=value.get("type") in _PEOPLE)
        kind, ours = found[1], found[2]
        self.seen.add(ours)
        if kind in _PEOPLE:
            if (kind, ours) != ("Patient", self._abroad.ours):
                raise NotTold(kind, is_of_another=True)
            return {"reference": f"Patient/{self._abroad.theirs}"}
        theirs = self._abroad.known(kind, ours)
        if theirs is not None:
            return {**rest, "reference": f"{kind}/{theirs}"}
        if kind not in _BY_WORDS:
            raise NotTold(kind, is_of_another=False)
        return {**rest, "type": kind} if "display" in rest else _GONE
