"""Lines: on which line of a TOML file each key stands, for faults to be found by. The file was parsed already and is sound."""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Mapping

Steps = tuple[str, ...]

_BLANK = re.compile(r"(?:\s|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_KEY = re.compile(r"""(?P<bare>[A-Za-z0-9_-]+)|(?P<quoted>"(?:\\.|[^"\\\n])*"|'[^'\n]*')""")
_TEXT = re.compile(r'''"""(?:\\.|[^\\])*?"{3,5}|\'{3}.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*\'''', re.DOTALL)
_PLAIN = re.compile(r"[^,\]}#\n]*")


def lines_of(text: str) -> Mapping[str, int]:
    """The line, counted from 1, of each key and each item of a list, by its path such as "identifiers.nhs_number.1.type"."""
    try:
        return dict(reversed([*_Scan(text).keys()]))  # of two lines the first, where a table goes on further down
    except (_Lost, RecursionError):
        return {}


def line_of(key: str, lines: Mapping[str, int]) -> int | None:
    """The line of a key, else of the table that it would stand in; None where the file holds neither."""
    while key and key not in lines:
        key = key.rpartition(".")[0]
    return lines.get(key)


class _Lost(Exception):  # noqa: N818  it never leaves this file
    """The scan does not know where it is; no lines are better than wrong ones."""


class _Scan:
    """One pass over the text."""

    def __init__(self, text: str) -> None:
        self._text = text.replace("\r\n", "\n")
        self._at = 0
        self._ends = [n for n, sign in enumerate(self._text) if sign == "\n"]
        self._tables: dict[Steps, int] = {}

    def keys(self) -> Iterator[tuple[str, int]]:
        table: Steps = ()
        while self._to_next():
            line = self._line()
            if self._has("["):
                table = self._header()
                yield from ((".".join(table[:n]), line) for n in range(1, len(table) + 1))
            else:
                yield from self._pair(table)

    def _header(self) -> Steps:
        is_list = self._has("[")
        steps: Steps = ()
        told = self._key()
        for n, step in enumerate(told, start=1):
            steps = (*steps, step)
            if is_list and n == len(told):
                self._tables[steps] = self._tables.get(steps, 0) + 1
            if steps in self._tables:
                steps = (*steps, str(self._tables[steps]))
        self._need("]]" if is_list else "]")
        return steps

    def _pair(self, table: Steps) -> Iterator[tuple[str, int]]:
        line = self._line()
        steps = table
        for step in self._key():
            steps = (*steps, step)
            yield ".".join(steps), line
        self._need("=")
        yield from self._value(steps)

    def _key(self) -> list[str]:
        steps = []
        while True:
            self._skip(_SPACE)
            found = _KEY.match(self._text, self._at)
            if found is None:
                raise _Lost
            self._at = found.end()
            steps.append(found["bare"] or tomllib.loads(f"key = {found['quoted']}")["key"])
            self._skip(_SPACE)
            if not self._has("."):
                return steps

    def _value(self, steps: Steps) -> Iterator[tuple[str, int]]:
        self._skip(_SPACE)
        if self._has("["):
            yield from self._items(steps)
        elif self._has("{"):
            yield from self._inline(steps)
        elif (text := _TEXT.match(self._text, self._at)) is not None:
            self._at = text.end()
        else:
            self._skip(_PLAIN)

    def _items(self, steps: Steps) -> Iterator[tuple[str, int]]:
        for n in range(1, len(self._text)):
            self._skip(_BLANK)
            if self._has("]"):
                return
            yield ".".join((*steps, str(n))), self._line()
            yield from self._value((*steps, str(n)))
            self._skip(_BLANK)
            self._has(",")

    def _inline(self, steps: Steps) -> Iterator[tuple[str, int]]:
        while True:
            self._skip(_BLANK)
            if self._has("}"):
                return
            yield from self._pair(steps)
            self._skip(_BLANK)
            self._has(",")

    def _to_next(self) -> bool:
        self._skip(_BLANK)
        return self._at < len(self._text)

    def _line(self) -> int:
        return bisect_right(self._ends, self._at - 1) + 1

    def _skip(self, pattern: re.Pattern[str]) -> None:
        if found := pattern.match(self._text, self._at):
            self._at = found.end()

    def _has(self, mark: str) -> bool:
        is_there = self._text.startswith(mark, self._at)
        self._at += len(mark) if is_there else 0
        return is_there

    def _need(self, mark: str) -> None:
        self._skip(_SPACE)
        if not self._has(mark):
            raise _Lost
