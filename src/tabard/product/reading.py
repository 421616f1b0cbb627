"""One table of a manifest, read key by key; what is wrong is noted and reading goes on."""

from typing import Any

from tabard.ground.faults import Fault
from tabard.product.checks import Check

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

    def text(self, key: str, check: Check, default: str | None = None) -> str:
        """A text that is not empty and passes the check; the default where the key is not there, "" once a fault is noted."""
        value = self._take(key, "a text", str, is_owed=default is None)
        if value is None:
            return default or ""
        expected = check(value) if value.strip() else "a text that is not empty"
        if expected:
            self._note(key, expected, value)
        return str(value)

    def texts(self, key: str, check: Check, *, is_owed: bool = True) -> tuple[str, ...]:
        """A list of texts, no two alike, each of which passes the check."""
        values: list[Any] = self._take(key, "a list of texts", list, is_owed=is_owed) or []
        for number, value in enumerate(values):
            expected = check(value) if isinstance(value, str) else "a text"
            if expected is None and value in values[:number]:
                expected = "each text once"
            if expected:
                self._note(f"{key}[{number}]", expected, value)
        return tuple(value for value in values if isinstance(value, str))

    def number(self, key: str, least: int, most: int, default: int) -> int:
        """A whole number from `least` to `most`; the default where the key is not there."""
        value = self._take(key, "a whole number", int, is_owed=False)
        if value is None:
            return default
        if isinstance(value, bool) or not least <= value <= most:
            self._note(key, f"a whole number from {least} to {most}", value)
        return int(value)

    def pairs(self, key: str, name: Check, value: Check, most: int) -> tuple[tuple[str, str], ...]:
        """A table of texts, each name and each text of which passes its check, in the order of the file; () for none."""
        values: dict[str, Any] = self._take(key, f"a table [{key}]", dict, is_owed=False) or {}
        if len(values) > most:
            self._note(key, f"{most} entries at most", f"{len(values)} entries")
        for each, told in values.items():
            expected = name(each) or (value(told) if isinstance(told, str) else "a text")
            if expected:
                self._note(f"{key}.{each[:_LONGEST_SHOWN]!a}", expected, told)
        return tuple((each, told) for each, told in values.items() if isinstance(told, str))

    def table(self, key: str) -> "Table | None":
        """The table of that name; None where there is none."""
        values = self._take(key, f"a table [{key}]", dict, is_owed=False)
        return None if values is None else Table(values, key, self._faults)

    def tables(self, key: str, *, is_owed: bool) -> tuple["Table", ...]:
        """A list of tables; one at the least where they are owed."""
        values = self._take(key, f"[[{key}]] tables", list, is_owed=is_owed)
        if values == [] and is_owed:
            self._note(key, f"one [[{key}]] at the least", values)
        return tuple(Table(each, f"{key}[{at}]", self._faults) for at, each in enumerate(values or []))

    def finish(self) -> None:
        """Note every key that was not taken: a mistyped key must not be passed over."""
        for key in sorted(self._values.keys() - set(self._known)):
            self._note(key, f"one of the keys {', '.join(self._known)}", None, "a key that is not known")

    def fault(self, key: str, expected: str, got: Any) -> None:
        """Note a fault that only shows when several keys are seen together."""
        self._note(key, expected, got)

    def _take(self, key: str, expected: str, kind: type, *, is_owed: bool) -> Any:
        self._known.append(key)
        if key not in self._values:
            if is_owed:
                self._note(key, expected, None)
            return None
        value = self._values[key]
        if isinstance(value, kind):
            return value
        self._note(key, expected, value)
        return None

    def _note(self, key: str, expected: str, got: Any, told: str | None = None) -> None:
        where = ".".join(name for name in (self._where, key) if name)
        self._faults.append(Fault(where, expected, told or ("nothing" if got is None else repr(got)[:_LONGEST_SHOWN])))
