"""Is this visit on the ward now? Pure."""

from tabard.fhir import Resource

IN_PROGRESS = "in-progress"
_ACTIVE = "active"


def is_staying(encounter: Resource, places: frozenset[str]) -> bool:
    """Whether the visit is in progress with an active location among `places` (`Location/id`).

    A location whose status is missing does not count: what is not known to be now is not shown as now.
    """
    return encounter.get("status") == IN_PROGRESS and any(
        entry.get("status") == _ACTIVE and entry.get("location", {}).get("reference") in places
        for entry in encounter.get("location", ())
    )
