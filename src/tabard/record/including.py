"""_include: what the matches of a page point at, each once, and never a match again. Source: FHIR R4 3.1.1.5.4."""

from collections.abc import Callable, Iterator, Sequence

from tabard.fhir.indexing import find
from tabard.record.model import Stored
from tabard.record.query import Include

Read = Callable[[str, str], Stored | None]


def included(matches: Sequence[Stored], includes: Sequence[Include], read: Read) -> tuple[Stored, ...]:
    """The resources that `includes` bring along, in the order in which the matches name them."""
    if not includes:
        return ()
    known = {(each.type, each.id) for each in matches}
    wanted = dict.fromkeys(pointed for each in matches for pointed in _pointed(each, includes) if pointed not in known)
    return tuple(found for name in wanted if (found := read(*name)) is not None)


def _pointed(match: Stored, includes: Sequence[Include]) -> Iterator[tuple[str, str]]:
    resource = match.resource()
    for include in includes:
        for target, kind in sorted(find(resource, include.parameter)):
            if include.target is None or include.target == kind:
                yield str(kind), str(target)
