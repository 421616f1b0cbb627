"""A record in memory, as applying sees one. It passes the same tests as the real one (tests/edge/link)."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any, NamedTuple

Resource = dict[str, Any]


class Stored(NamedTuple):
    """A version, as far as it is asked for."""

    version: int


class PretendRecord:
    """Resources, notes and marks in dictionaries; a savepoint is a copy."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], Resource] = {}
        self.sources: dict[tuple[str, str], str] = {}
        self.versions: dict[tuple[str, str], int] = {}
        self.noticed: dict[tuple[str, str], bytes] = {}
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
        kept = (dict(self.held), dict(self.sources), set(self.applied), dict(self.versions), dict(self.noticed))
        try:
            yield
        except BaseException:
            self.held, self.sources, self.applied, self.versions, self.noticed = kept
            raise

    def get(self, resource_type: str, resource_id: str, /) -> Resource | None:
        """A resource, with its source in it as the record tells it."""
        found = deepcopy(self.held.get((resource_type, resource_id)))
        if found is not None:
            found["meta"] = {**found.get("meta", {}), "source": self.sources[resource_type, resource_id]}
        return found

    def find(self, resource_type: str, parameter: str, value: str, /) -> tuple[str, ...]:
        """Ids by `identifier` or `patient`."""
        found = [one for (kind, _), one in self.held.items() if kind == resource_type]
        return tuple(one["id"] for one in found if _matches(one, parameter, value))

    def put(self, resource: Resource, source: str, /) -> Stored | None:
        """Keep a resource; None when it is kept already."""
        key = (resource["resourceType"], resource["id"])
        told = {name: value for name, value in resource.get("meta", {}).items() if name != "source"}
        content = {name: value for name, value in resource.items() if name != "meta"} | ({"meta": told} if told else {})
        if self.held.get(key) == content:
            return None
        self.held[key], self.sources[key] = deepcopy(content), source
        self.versions[key] = self.versions.get(key, 0) + 1
        self.writes += 1
        return Stored(self.versions[key])

    def look_up(self, names: Iterable[tuple[str, str]], notes: Iterable[tuple[str, str]], /) -> None:
        """Nothing: everything is at hand."""

    def noted(self, kind: str, key: str, /) -> bytes | None:
        """A note."""
        return self.noticed.get((kind, key))

    def note(self, kind: str, key: str, value: bytes | None, /) -> None:
        """Set a note, or take it away."""
        self.noticed.pop((kind, key), None)
        if value is not None:
            self.noticed[kind, key] = value

    def notes(self, kind: str, start: str = "", most: int | None = None, /) -> tuple[tuple[str, bytes], ...]:
        """Notes of a kind by the beginning of their key."""
        found = {key: value for (kind_, key), value in self.noticed.items() if kind_ == kind and key.startswith(start)}
        return tuple(sorted(found.items()))[:most]

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
