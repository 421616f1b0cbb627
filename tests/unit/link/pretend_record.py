"""A record in memory, as applying sees one. It passes the same tests as the real one (tests/edge/link)."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

Resource = dict[str, Any]


class PretendRecord:
    """Resources and marks in dictionaries; a savepoint is a copy."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], Resource] = {}
        self.sources: dict[tuple[str, str], str] = {}
        self.applied: set[int] = set()
        self.writes = 0
        self.is_closed = False

    @contextmanager
    def transaction(self) -> Iterator["PretendRecord"]:
        """All or nothing."""
        with self.savepoint():
            yield self

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """All of it or nothing."""
        kept = (dict(self.held), dict(self.sources), set(self.applied))
        try:
            yield
        except BaseException:
            self.held, self.sources, self.applied = kept
            raise

    def get(self, resource_type: str, resource_id: str, /) -> Resource | None:
        """A resource."""
        return deepcopy(self.held.get((resource_type, resource_id)))

    def find(self, resource_type: str, parameter: str, value: str, /) -> tuple[str, ...]:
        """Ids by `identifier` or `patient`."""
        found = [one for (kind, _), one in self.held.items() if kind == resource_type]
        return tuple(one["id"] for one in found if _matches(one, parameter, value))

    def put(self, resource: Resource, source: str, /) -> object:
        """Keep a resource; None when it is kept already."""
        key = (resource["resourceType"], resource["id"])
        if self.held.get(key) == resource:
            return None
        self.held[key], self.sources[key] = deepcopy(resource), source
        self.writes += 1
        return resource

    def mark_applied(self, seq: int, /) -> None:
        """Mark a message."""
        self.applied.add(seq)

    def is_applied(self, seq: int, /) -> bool:
        """Whether a message is marked."""
        return seq in self.applied

    def close(self) -> None:
        """Remember that it was closed."""
        self.is_closed = True

    def all(self, kind: str) -> list[Resource]:
        """All resources of a type."""
        return [one for (type_, _), one in self.held.items() if type_ == kind]


def _matches(resource: Resource, parameter: str, value: str) -> bool:
    if parameter == "identifier":
        system, _, number = value.partition("|")
        return any((one.get("system"), one["value"]) == (system, number) for one in resource.get("identifier", []))
    if parameter == "patient":
        return bool(resource.get("subject", {}).get("reference") == value)
    raise AssertionError(parameter)
