"""Reading `hazards.toml`: all that is wrong is told together, each at its key."""

from typing import Any

from tabard.accreditation.errors import BadHazardLog, LogFault
from tabard.accreditation.hazards.model import Control, Hazard, HazardLog, Owed, Owner, Risk
from tabard.accreditation.hazards.scheme import Likelihood, Severity
from tabard.ground.toml import read_toml

_KEYS = ("id", "title", "cause", "effect", "before", "after", "control", "types", "reason")
_MOST = 500
_LARGEST_BYTES = 1024 * 1024


def read_hazard_log(raw: bytes) -> HazardLog:
    """The hazard log of a `hazards.toml`. Raises BadHazardLog with every fault of it."""
    try:
        told = read_toml(raw, _LARGEST_BYTES)
    except ValueError as fault:
        raise BadHazardLog.of((LogFault("", "TOML in UTF-8", str(fault)),)) from fault
    faults: list[LogFault] = []
    read = _Reading(faults)
    hazards = tuple(_hazard(read, f"hazard[{at}]", one) for at, one in enumerate(read.tables(told, "hazard", "")))
    not_applicable = read.texts_by_name(told, "not_applicable")
    read.known(told, "", ("hazard", "not_applicable"))
    if faults:
        raise BadHazardLog.of(tuple(faults))
    return HazardLog(tuple(one for one in hazards if one), not_applicable)


def _hazard(read: "_Reading", where: str, told: dict[str, Any]) -> Hazard | None:
    id_, title, cause, effect = (read.text(told, key, where) for key in ("id", "title", "cause", "effect"))
    before, after = (_risk(read, told, key, where) for key in ("before", "after"))
    given = read.tables(told, "control", where) if "control" in told else []
    controls = tuple(_control(read, f"{where}.control[{at}]", one) for at, one in enumerate(given))
    types = read.words(told, "types", where, tuple(Owed))
    reason = read.text(told, "reason", where, default="")
    read.known(told, where, _KEYS)
    if before is None or after is None or None in controls:
        return None
    kept = tuple(one for one in controls if one)
    return Hazard(id_, title, cause, effect, before, after, kept, types, reason)


def _risk(read: "_Reading", told: dict[str, Any], key: str, where: str) -> Risk | None:
    inner = told.get(key)
    if not isinstance(inner, dict):
        read.note(where, key, "{ severity = 1 to 5, likelihood = 1 to 5 }", inner)
        return None
    read.known(inner, f"{where}.{key}", ("severity", "likelihood"))
    severity, likelihood = (read.one_to_five(inner, name, f"{where}.{key}") for name in ("severity", "likelihood"))
    return Risk(Severity(severity), Likelihood(likelihood)) if severity and likelihood else None


def _control(read: "_Reading", where: str, told: dict[str, Any]) -> Control | None:
    owner = read.text(told, "owner", where)
    text = read.text(told, "text", where)
    files = read.text(told, "where", where, default="")
    read.known(told, where, ("owner", "text", "where"))
    if owner not in list(Owner):
        read.note(where, "owner", " or ".join(Owner), owner)
        return None
    return Control(Owner(owner), text, tuple(name.strip() for name in files.split(",") if name.strip()))


class _Reading:
    """Takes values out of tables and notes what is wrong with them."""

    def __init__(self, faults: list[LogFault]) -> None:
        self._faults = faults

    def note(self, where: str, key: str, expected: str, got: Any) -> None:
        told = "nothing" if got is None else repr(got)[:60]
        self._faults.append(LogFault(".".join(name for name in (where, key) if name), expected, told))

    def known(self, table: dict[str, Any], where: str, keys: tuple[str, ...]) -> None:
        for key in sorted(table.keys() - set(keys)):
            self.note(where, key, f"one of the keys {', '.join(keys)}", "a key that is not known")

    def text(self, table: dict[str, Any], key: str, where: str, default: str | None = None) -> str:
        value = table.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            self.note(where, key, "a text that is not empty", value)
            return ""
        return value

    def one_to_five(self, table: dict[str, Any], key: str, where: str) -> int:
        value = table.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or value not in list(Severity):
            self.note(where, key, "a whole number of 1 to 5", value)
            return 0
        return value

    def tables(self, table: dict[str, Any], key: str, where: str) -> list[dict[str, Any]]:
        values = table.get(key)
        if not isinstance(values, list) or not values or not all(isinstance(one, dict) for one in values):
            self.note(where, key, f"one [[{key}]] at the least", values)
            return []
        if len(values) > _MOST:
            self.note(where, key, f"{_MOST} at the most", len(values))
        return values[:_MOST]

    def words(self, table: dict[str, Any], key: str, where: str, known: tuple[str, ...]) -> tuple[str, ...]:
        values = table.get(key, [])
        if not isinstance(values, list) or any(value not in known for value in values):
            self.note(where, key, f"a list out of {', '.join(known)}", values)
            return ()
        return tuple(values)

    def texts_by_name(self, table: dict[str, Any], key: str) -> tuple[tuple[str, str], ...]:
        values = table.get(key, {})
        if not isinstance(values, dict):
            self.note("", key, "a table", values)
            return ()
        self.known(values, key, tuple(Owed))
        return tuple((name, self.text(values, name, key)) for name in values if name in list(Owed))
