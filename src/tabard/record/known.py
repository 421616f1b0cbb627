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

    __slots__ = ("_are_many", "_notes", "_resources", "_whole")

    def __init__(self) -> None:
        self._resources: dict[Name, Held | None] = {}
        self._notes: dict[Name, bytes | None] = {}
        self._whole: dict[str, dict[str, bytes]] = {}
        self._are_many: set[str] = set()

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
        return name in self._notes or name[0] in self._whole

    def note(self, name: Name) -> bytes | None:
        """The note that `has_note` answered for."""
        whole = self._whole.get(name[0])
        return self._notes[name] if whole is None else whole.get(name[1])

    def keep_note(self, name: Name, value: bytes | None) -> bytes | None:
        """Remember the note, and return it."""
        kind, key = name
        if (whole := self._whole.get(kind)) is not None:
            if value is None:
                whole.pop(key, None)
            else:
                whole[key] = value
            if len(whole) > MOST:
                del self._whole[kind]
            return value
        if len(self._notes) >= MOST:
            self._notes.clear()
        self._notes[name] = value
        return value

    def is_kind_known(self, kind: str) -> bool:
        """Whether it was looked how many notes of a kind there are."""
        return kind in self._whole or kind in self._are_many

    def keep_kind(self, kind: str, found: dict[str, bytes] | None) -> None:
        """Remember all notes of a kind, as they are now; None where they are too many."""
        if found is None:
            self._are_many.add(kind)
        else:
            self._whole[kind] = found

    def beginning(self, kind: str, start: str, most: int | None) -> tuple[tuple[str, bytes], ...] | None:
        """The notes of a kind whose key begins with `start`, in order; None where not all of the kind are known."""
        whole = self._whole.get(kind)
        if whole is None:
            return None
        return tuple((key, whole[key]) for key in sorted(whole) if key.startswith(start))[:most]

    def forget(self) -> None:
        """Forget everything: something was undone."""
        self._resources.clear()
        self._notes.clear()
        self._whole.clear()
        self._are_many.clear()
