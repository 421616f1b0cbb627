"""One table of a manifest, read key by key; what is wrong is noted and reading goes on."""

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from tabard.product.errors import Fault

Check = Callable[[Any], str | None]
"""Answers what was expected where a value does not do, else None."""

_LONGEST_SHOWN = 60


class Table:
    """A TOML table under reading: `take` each key, then `finish` to note the keys that nobody knows."""

    def __init__(self, values: Any, where: str, faults: list[Fault]) -> None:
        self._where = where
        self._faults = faults
        self._known: list[str] = []
        self._values: dict[str, Any] = values if isinstance(values, dict) else {}
        if not isinstance(values, dict):
            self._note("", "a table", values)

    def text(self, key: str, check: Check | None = None, default: str | None = None) -> str:
        """A text that is not empty; "" once a fault is noted."""
        value = self._take(key, "a text", str, default)
        if value is None:
            return ""
        expected = "a text that is not empty" if not value.strip() and default is None else check and check(value)
        if expected:
            self._note(key, expected, value)
        return str(value)

    def texts(self, key: str, check: Check) -> tuple[str, ...]:
        """A list of texts, each of which passes the check."""
        values = self._take(key, "a list of texts", list, None) or []
        for number, value in enumerate(values):
            expected = check(value) if isinstance(value, str) else "a text"
            if expected:
                self._note(f"{key}[{number}]", expected, value)
        return tuple(value for value in values if isinstance(value, str))

    def tables(self, key: str) -> tuple["Table", ...]:
        """A list of tables, one at the least."""
        values = self._take(key, f"[[{key}]] tables", list, None)
        if values == []:
            self._note(key, f"one [[{key}]] at the least", values)
        return tuple(Table(each, f"{key}[{at}]", self._faults) for at, each in enumerate(values or []))

    def finish(self) -> None:
        """Note every key that was not taken: a mistyped key must not be passed over."""
        for key in self._values.keys() - set(self._known):
            self._note(key, f"one of the keys {', '.join(self._known)}", "a key that is not known")

    def _take(self, key: str, expected: str, kind: type, default: str | None) -> Any:
        self._known.append(key)
        if key not in self._values:
            if default is None:
                self._note(key, expected, None)
            return default
        value = self._values[key]
        if isinstance(value, kind):
            return value
        self._note(key, expected, value)
        return None

    def _note(self, key: str, expected: str, got: Any) -> None:
        where = ".".join(name for name in (self._where, key) if name)
        told = "nothing" if got is None else (got if got == "a key that is not known" else repr(got)[:_LONGEST_SHOWN])
        self._faults.append(Fault(where, expected, told))


def matching(pattern: str, expected: str) -> Check:
    """A check that the whole text matches."""
    compiled = re.compile(pattern)
    return lambda value: None if compiled.fullmatch(value) else expected


def one_of(words: type[StrEnum]) -> Check:
    """A check that the text is one of an enumeration's words."""
    return lambda value: None if value in list(words) else f"one of {', '.join(words)}"
