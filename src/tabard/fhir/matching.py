"""Matching: whether one resource at hand is what a search asks for, by the comparisons that the record's search makes.

For scopes with search parameters and for subscriptions. Pure. Source: FHIR R4 3.1.1.4; SMART App Launch 2.2 (granular scopes).
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from tabard.fhir.asking import Added, AnyOf, Asker
from tabard.fhir.criteria import Facts, holds
from tabard.fhir.dates import range_of
from tabard.fhir.indexing import rows_of
from tabard.fhir.json import Resource
from tabard.fhir.search_errors import BadSearch
from tabard.fhir.search_parameters import searchable_types
from tabard.ground.time import Clock, system_clock


class Matcher:
    """Parameters understood once, asked about many resources of one type.

    Raises BadSearch when made of what cannot be told of one resource alone: chains, `_has`, `_sort`, `_count` and the like.
    """

    def __init__(self, resource_type: str, pairs: Sequence[Added], clock: Clock = system_clock) -> None:
        if resource_type not in searchable_types():
            raise BadSearch("This is no resource type.", where=resource_type[:64])
        self._type = resource_type
        self._criterion = Asker(clock=clock).ask_all(resource_type, pairs)

    def matches(self, resource: Resource) -> bool:
        """Whether all that was asked holds of the resource; of another type it does not."""
        if resource.get("resourceType") != self._type:
            return False
        return holds(self._criterion, Facts(rows_of(resource), _own(resource)))


def matches(resource: Resource, pairs: Iterable[Added]) -> bool:
    """Whether the resource is what a search of its type by `pairs` finds. Raises BadSearch as `Matcher` does.

    What was understood lately is not read again.
    """
    resource_type, asked = str(resource.get("resourceType")), tuple(pairs)
    is_of_now = any(isinstance(each, AnyOf) or "ap" in each[1] for each in asked)  # "approximately" moves with the time
    matcher = Matcher(resource_type, asked) if is_of_now else _matcher(resource_type, asked)
    return matcher.matches(resource)


@lru_cache(maxsize=512)
def _matcher(resource_type: str, pairs: tuple[Added, ...]) -> Matcher:
    return Matcher(resource_type, pairs)


def _own(resource: Resource) -> dict[str, Any]:
    meta = resource.get("meta")
    told = meta if isinstance(meta, dict) else {}
    return {"id": resource.get("id"), "updated": _updated(told.get("lastUpdated")), "source": told.get("source")}


def _updated(told: Any) -> int | None:
    try:
        return range_of(told)[0]
    except (TypeError, ValueError):
        return None
