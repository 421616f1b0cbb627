"""What is left of one resource type: which ids, which parameters to append, which check on each resource. Pure."""

from collections.abc import Callable
from typing import NamedTuple

from tabard.fhir import Resource

Check = Callable[[Resource], bool]


class Limit(NamedTuple):
    """What is left of a type.

    `ids`, where not None, are the only ones permitted; `parameters` are appended to a search; `check` is asked about each
    resource; `is_exact` says that the parameters alone already leave only what `check` permits, so that counts may be told.
    `withheld` gathers, as `check` is asked, the patients of whom something restricted was kept back (see `breaking`).
    """

    ids: frozenset[str] | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    check: Check | None = None
    is_exact: bool = True
    withheld: set[str] | None = None

    def permits(self, resource_id: str, resource: Callable[[], Resource]) -> bool:
        """Whether this one resource may be shown; `resource` is only called where its content decides."""
        if self.ids is not None and resource_id not in self.ids:
            return False
        return self.check is None or self.check(resource())
