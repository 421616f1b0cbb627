"""Holding: what waits for whom, so that the messages about one person take effect in the order in which they came.

A message that waits bars those that came after it under any of its numbers; of a merge these are both registrations', so
that it is a barrier over both. So does one that is parked because nobody knows whom it is about, until a person settles
that. What waits for a patient to become known bars nobody. Everybody else goes on.

What is held stands as notes in the record's own transaction, beside what the messages bring: whatever falls over, nothing
is forgotten and nothing released twice has a second effect.
"""

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from tabard.link.belongings import Notes

_BARS, _AWAITS, _HELD = "bars", "awaits", "held"


class Held(Notes, Protocol):
    """What holding asks of the record's transaction."""

    def noted(self, kind: str, key: str, /) -> bytes | None:
        """What a note says."""


class Reads(Protocol):
    """What a look from outside the transaction asks of the record."""

    def has_note(self, kind: str, start: str = "", /) -> bool:
        """Whether there is a note whose key begins so."""


class Hold(NamedTuple):
    """Under which key a message is held, and all keys that it is about."""

    under: bytes
    keys: tuple[bytes, ...]


def barred_by(record: Held, keys: Iterable[bytes], seq: int) -> bytes | None:
    """The first of `keys` under which a message earlier than `seq` waits; None where none does."""
    return next((key for key in keys if _first(record, key) < seq), None)


def bar(record: Held, seq: int, hold: Hold) -> None:
    """Later messages of any of the keys wait for this one."""
    _hold(record, seq, hold, _BARS)


def await_patient(record: Held, seq: int, hold: Hold) -> None:
    """This message waits for a patient with any of the keys."""
    _hold(record, seq, hold, _AWAITS)


def awaiting(record: Held, keys: Iterable[bytes]) -> tuple[bytes, ...]:
    """A patient with these keys has come: under which keys messages are held for that; they now bar what comes later.

    So those that waited are filed before what comes after the patient did.
    """
    found = [(name, value, key) for key in keys for name, value in record.notes(_AWAITS, f"{key.hex()}/")]
    for name, under, _ in found:
        record.note(_AWAITS, name, None)
        record.note(_BARS, name, under)
    return tuple(dict.fromkeys(under for _, under, _ in found))


def let_go(record: Held, seq: int) -> tuple[bytes, ...]:
    """The message waits no more: the keys whose followers may now come, none where it held up nobody."""
    held = record.noted(_HELD, str(seq))
    if held is None:
        return ()
    keys = tuple(held[start : start + _KEY_BYTES] for start in range(0, len(held), _KEY_BYTES))
    for key in keys:
        for kind in (_BARS, _AWAITS):
            record.note(kind, _name(key, seq), None)
    record.note(_HELD, str(seq), None)
    return keys


def all_held(record: Held) -> tuple[bytes, ...]:
    """The keys under which anything is held: given again after a start, so that no release is lost with a process."""
    return tuple({value for kind in (_BARS, _AWAITS) for _, value in record.notes(kind)})


def is_any(record: Reads) -> bool:
    """Whether anything is held."""
    return record.has_note(_HELD)


def is_about(record: Reads, keys: Iterable[bytes]) -> bool:
    """Whether a message is held that is about any of the keys, whatever it waits for."""
    return any(record.has_note(kind, f"{key.hex()}/") for key in keys for kind in (_BARS, _AWAITS))


_KEY_BYTES = 16
_SEQ_DIGITS = 20
_NONE = 1 << 63


def _first(record: Held, key: bytes) -> int:
    bars = record.notes(_BARS, f"{key.hex()}/", 1)
    return int(bars[0][0].rpartition("/")[2]) if bars else _NONE


def _hold(record: Held, seq: int, hold: Hold, kind: str) -> None:
    let_go(record, seq)
    keys = tuple(dict.fromkeys((hold.under, *hold.keys)))
    for key in keys:
        record.note(kind, _name(key, seq), hold.under)
    record.note(_HELD, str(seq), b"".join(keys))


def _name(key: bytes, seq: int) -> str:
    return f"{key.hex()}/{seq:0{_SEQ_DIGITS}}"
