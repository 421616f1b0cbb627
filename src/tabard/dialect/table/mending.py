"""Mending: a document without the keys that are faulty, so that the rest can be judged in the same pass."""

from collections.abc import Iterable, Sequence
from typing import Any

_TABLE_DEPTH = 2
_DIGITS = 6
_TWINS = frozenset({"events", "ignored"})


def without(data: dict[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """`data` without these keys; where one cannot be found, without the table at the top that it is in. It is not changed."""
    mended = dict(data)
    # The last of a list first, so that the places of those before it stay.
    for key in sorted(keys, key=_order, reverse=True):
        top = key.partition(".")[0]
        rest = _without(mended, key.split("."))
        mended = rest if rest is not None else {name: value for name, value in mended.items() if name != top}
    return mended


def _order(key: str) -> list[tuple[int, str]]:
    return [(_number(part), part) for part in key.split(".")]


def _number(part: str) -> int:
    return int(part) if part.isdecimal() and len(part) <= _DIGITS else 0


def _without(data: Any, path: Sequence[str]) -> Any:
    """The table or list without what is at `path`; None where nothing is."""
    first, *rest = path
    if isinstance(data, list):
        place = _number(first) - 1
        if not 0 <= place < len(data):
            return None
        inner = _without(data[place], rest) if rest else []
        return None if inner is None else [*data[:place], *([inner] if rest else []), *data[place + 1 :]]
    if not isinstance(data, dict) or first not in data:
        return None
    inner = _without(data[first], rest) if rest else {}
    if inner is None:
        return None
    return {**data, first: inner} if rest else {name: value for name, value in data.items() if name != first}


def may_follow(key: str, faulty: str) -> bool:
    """Whether a fault at `key` may be there only because what was faulty was taken out: it is of the same table or word."""
    parts, others = key.split("."), faulty.split(".")
    if {parts[0], others[0]} == _TWINS:
        return parts[-1] == others[-1] or len(others) == 1
    return parts[:_TABLE_DEPTH] == others[:_TABLE_DEPTH] or others[:1] == parts[: len(others)]
