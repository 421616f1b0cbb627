"""Filtering: what a finer scope (`?category=laboratory`) leaves of a limit, in a search and on every resource. Pure.

Source: SMART App Launch 2.2, "Finer-grained resource constraints using search parameters".
"""

from tabard.fhir import Resource
from tabard.fhir.matching import matches
from tabard.fhir.scopes import Search
from tabard.gateway.policy.limit import Limit


def filtered(within: Limit, searches: tuple[Search, ...]) -> Limit:
    """The limit where a resource must match any one of `searches` besides; the same where there is none."""
    if not searches:
        return within
    parameters = _together(searches)

    def permits(found: Resource) -> bool:
        return any(matches(found, each) for each in searches) and (within.check is None or within.check(found))

    return Limit(within.ids, (*within.parameters, *parameters), permits, is_exact=within.is_exact and bool(parameters))


def _together(searches: tuple[Search, ...]) -> Search:
    """Parameters of one search that finds all of it and no more; none where several have to be asked one by one."""
    if len(searches) == 1:
        return searches[0]
    names = {tuple(name for name, _ in each) for each in searches}
    if len(names) > 1 or len(next(iter(names))) > 1:
        return ()
    ((name,),) = names
    return ((name, ",".join(value for ((_, value),) in searches)),)
