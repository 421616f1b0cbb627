"""Whose chart is read, and what a resource of it has become."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from tabard.fhir import Resource
from tabard.link.ehr.id_map import Row

Number = tuple[str, str]
"""An identifier: its system and its value."""


class Rewritten(NamedTuple):
    """A resource that may be shown; the map's rows for every id in it that it made; and what must not be found in it."""

    resource: Resource
    rows: tuple[Row, ...]
    ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Chart:
    """Whose chart is read, and what is known around it.

    `theirs` and `ours` are the patient's ids; `known` tells the record's id of a joined visit or member of staff by type and
    the EHR's id, None where there is none; `systems` the record's identifier systems by the EHR's; `numbers` the patient's own numbers, by record system;
    `id_of` makes the record's id of what passes through, which are the types `passed`.
    """

    base: str
    link: str
    theirs: str
    ours: str
    known: Callable[[str, str], str | None]
    systems: Mapping[str, str]
    numbers: frozenset[Number]
    passed: frozenset[str]
    id_of: Callable[[str, str], str]
    texts: dict[str, str] = field(default_factory=dict)
    """Addresses that were looked at once and name nobody: the same few stand in every result."""

    @property
    def code_sets(self) -> str:
        """What stands before the number of one of the tenant's own code sets in the record."""
        return f"urn:tabard:ehr:{self.link}:codeSet:"
