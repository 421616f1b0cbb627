"""Taking values out of a file that strangers wrote: bounded, key by key; what is wrong is noted and reading goes on."""

import re
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from tabard.ground.faults import Fault
from tabard.product.checks import LINE, PROSE, matching

Faults = list[Fault]

_LONGEST_SHOWN = 60
_MOST_TEXTS = 60
_EARLIEST = date(2000, 1, 1)

ID = matching(r"[A-Za-z][A-Za-z0-9._-]{0,39}", "a letter, then at most 39 letters, digits, `.`, `_` or `-`")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def is_sha256(text: str) -> bool:
    """Whether it is a SHA-256 in hexadecimal, small letters."""
    return _SHA256.fullmatch(text) is not None


class Taker:
    """A TOML table under reading: take each key, then `finish` to note the keys that nobody knows."""

    def __init__(self, values: Any, where: str, faults: Faults) -> None:
        self._values: dict[str, Any] = values if isinstance(values, dict) else {}
        self._where = where
        self._faults = faults
        self._known: list[str] = []
        if not isinstance(values, dict):
            self.note("", "a table", values)

    def line(self, key: str, default: str | None = None) -> str:
        """A text of one line; the default where the key is not there."""
        return self._text(key, LINE, default)

    def prose(self, key: str, default: str | None = None) -> str:
        """A text of at most 4000 characters."""
        return self._text(key, PROSE, default)

    def id(self, key: str) -> str:
        """What a thing is known by."""
        return self._text(key, ID, None)

    def sha256(self, key: str, default: str | None = None) -> str:
        """A SHA-256 in hexadecimal."""
        return self._text(key, lambda value: None if is_sha256(value) else "64 of 0-9 and a-f: a SHA-256", default)

    def word(self, key: str, known: Collection[str], default: str | None = None) -> str:
        """One of the words that are known; "" once a fault is noted."""
        value = self._take(key, f"one of {', '.join(known)}", str, is_owed=default is None)
        if value is None:
            return default or ""
        if value not in known:
            self.note(key, f"one of {', '.join(known)}", value)
            return ""
        return str(value)

    def texts(self, key: str, known: Collection[str] | None = None, *, is_owed: bool = False) -> tuple[str, ...]:
        """A list of texts, no two alike, each out of the known where there are such; one at the least where they are owed."""
        values: list[Any] = self._take(key, "a list of texts", list, is_owed=is_owed) or []
        if is_owed and key in self._values and not values:
            self.note(key, "one text at the least", values)
        if len(values) > _MOST_TEXTS:
            self.note(key, f"{_MOST_TEXTS} at the most", f"{len(values)}")
        for at, value in enumerate(values[:_MOST_TEXTS]):
            if expected := _wrong_with(value, values[:at], known):
                self.note(f"{key}[{at}]", expected, value)
        return tuple(value for value in values[:_MOST_TEXTS] if isinstance(value, str))

    def ids(self, key: str, most: int) -> tuple[str, ...]:
        """A list of ids or package URLs, no two alike; () where the key is not there."""
        values: list[Any] = self._take(key, "a list of texts", list, is_owed=False) or []
        if len(values) > most or len(set(map(str, values))) != len(values) or any(LINE(str(one)) for one in values):
            self.note(key, f"{most} at the most, each once, each one line", values)
        return tuple(value for value in values[:most] if isinstance(value, str))

    def number(self, key: str, least: int, most: int) -> int:
        """A whole number from `least` to `most`; `least` once a fault is noted."""
        value = self._take(key, f"a whole number from {least} to {most}", int, is_owed=True)
        if value is None:
            return least
        if isinstance(value, bool) or not least <= value <= most:
            self.note(key, f"a whole number from {least} to {most}", value)
            return least
        return int(value)

    def day(self, key: str) -> date:
        """A day, as `2026-03-01`; the first of all days once a fault is noted."""
        value = self._take(key, "a day such as 2026-03-01", date, is_owed=True)
        if isinstance(value, datetime) or (value is not None and value < _EARLIEST):
            self.note(key, "a day such as 2026-03-01", value)
        return _EARLIEST if value is None or isinstance(value, datetime) else value

    def table(self, key: str, *, is_owed: bool = False) -> "Taker | None":
        """The table of that name; None where there is none."""
        values = self._take(key, f"a table {key}", dict, is_owed=is_owed)
        return None if values is None else Taker(values, self._at(key), self._faults)

    def tables(self, key: str, most: int, *, is_owed: bool = False) -> tuple["Taker", ...]:
        """A list of tables; one at the least where they are owed."""
        values: list[Any] = self._take(key, f"[[{key}]] tables", list, is_owed=is_owed) or []
        if is_owed and key in self._values and not values:
            self.note(key, f"one [[{key}]] at the least", values)
        if len(values) > most:
            self.note(key, f"{most} at the most", f"{len(values)}")
        return tuple(Taker(each, f"{self._at(key)}[{at}]", self._faults) for at, each in enumerate(values[:most]))

    def raw(self, key: str) -> Any:
        """Whatever stands there, for a reader of its own; None where nothing does."""
        self._known.append(key)
        return self._values.get(key)

    def finish(self) -> None:
        """Note every key that was not taken: a mistyped key must not be passed over."""
        for key in sorted(self._values.keys() - set(self._known)):
            known = ", ".join(self._known)
            self._faults.append(
                Fault(self._at(key[:_LONGEST_SHOWN]), f"one of the keys {known}", "a key that is not known")
            )

    def note(self, key: str, expected: str, got: Any) -> None:
        """Note a fault at a key."""
        told = "nothing" if got is None else repr(got)[:_LONGEST_SHOWN]
        self._faults.append(Fault(self._at(key), expected, told))

    def _at(self, key: str) -> str:
        return ".".join(name for name in (self._where, key) if name)

    def _text(self, key: str, check: Any, default: str | None) -> str:
        value = self._take(key, "a text that is not empty", str, is_owed=default is None)
        if value is None:
            return default or ""
        if default == "" and value == "":
            return ""
        expected = check(value) if value.strip() else "a text that is not empty"
        if expected:
            self.note(key, expected, value)
        return str(value)

    def _take(self, key: str, expected: str, kind: type, *, is_owed: bool) -> Any:
        self._known.append(key)
        if key not in self._values:
            if is_owed:
                self.note(key, expected, None)
            return None
        value = self._values[key]
        if isinstance(value, kind):
            return value
        self.note(key, expected, value)
        return None


def _wrong_with(value: Any, before: list[Any], known: Collection[str] | None) -> str | None:
    if not isinstance(value, str) or not value.strip():
        return "a text that is not empty"
    if known is not None and value not in known:
        return f"one of {', '.join(known)}"
    return "each text once" if value in before else PROSE(value)
