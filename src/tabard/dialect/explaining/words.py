"""Words: for a word of the sender's, the others that the same tables of the dialect hold. A message varied by them stays sound."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from tabard.dialect.schema import Dialect

_MOST = 3
"""How many other words of one table are tried."""


class Words:
    """The tables of a dialect, by the words in them."""

    def __init__(self, dialect: Dialect) -> None:
        self._fold: Callable[[str], str] = str.casefold if dialect.is_told_by_display else str
        self._tables: dict[str, list[Mapping[str, Any]]] = {}
        for table in _tables(dialect):
            for word in table:
                self._tables.setdefault(self._fold(word), []).append(table)

    def beside(self, word: str) -> list[str]:
        """Other words of the tables that hold `word`, such as mean something else there."""
        found: dict[str, None] = {}
        for table in self._tables.get(self._fold(word), ()):
            meant = {self._fold(one): meaning for one, meaning in table.items()}.get(self._fold(word))
            others = [one for one, meaning in table.items() if meaning != meant]
            found.update(dict.fromkeys(others[:_MOST]))
        return [*found]


def _tables(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _tables(getattr(value, name))
    elif isinstance(value, tuple):
        if value and all(isinstance(one, str) for one in value):
            yield {one: one for one in value}
        for one in value:
            yield from _tables(one)
    elif isinstance(value, dict):
        yield value
        for one in value.values():
            yield from _tables(one)
