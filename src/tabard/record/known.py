"""What a transaction has read or written already. Nobody else writes while it lasts, so it is still so: a second look is spared."""

from typing import NamedTuple

MOST = 4096
"""How many resources, and how many notes, are remembered; beyond, all are forgotten and looked up anew."""

Name = tuple[str, str]


class Held(NamedTuple):
    """What is so now of a resource; `body` is None where it was not read."""

    key: int
    seq: int
    version: int
    updated_us: int
    digest: bytes
    body: bytes | None = None


class Known:
    """Resources by type and id, notes by kind and key; what is known not to be there is None."""

    __slots__ = ("_notes", "_resources")

    def __init__(self) -> None:
        self._resources: dict[Name, Held | None] = {}
        self._notes: dict[Name, bytes | None] = {}

    def has(self, name: Name) -> bool:
        """Whether `held` can answer for the resource."""
        return name in self._resources

    def held(self, name: Name) -> Held | None:
        """The resource that `has` answered for."""
        return self._resources[name]

    def hold(self, name: Name, held: Held | None) -> Held | None:
        """Remember the resource, and return it."""
        if len(self._resources) >= MOST:
            self._resources.clear()
        self._resources[name] = held
        return held

    def has_note(self, name: Name) -> bool:
        """Whether `note` can answer for the note."""
        return name in self._notes

    def note(self, name: Name) -> bytes | None:
        """The note that `has_note` answered for."""
        return self._notes[name]

    def keep_note(self, name: Name, value: bytes | None) -> bytes | None:
        """Remember the note, and return it."""
        if len(self._notes) >= MOST:
            self._notes.clear()
        self._notes[name] = value
        return value

    def forget(self) -> None:
        """Forget everything: something was undone."""
        self._resources.clear()
        self._notes.clear()
