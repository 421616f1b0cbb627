"""Dialects from files: the shipped ones by name, a site's own by path, all faults told together."""

import re
import tomllib
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from tabard.dialect.errors import BadDialect
from tabard.dialect.faults import Fault, faults_of
from tabard.dialect.schema import Dialect, code_tables
from tabard.dialect.wording import told_by_display
from tabard.ground.errors import NotFound

_BASE = "base"
_SUFFIX = ".toml"


def names() -> tuple[str, ...]:
    """The names of the shipped dialects."""
    return tuple(
        sorted(file.name.removesuffix(_SUFFIX) for file in _shipped().iterdir() if file.name.endswith(_SUFFIX))
    )


def load(name_or_path: str) -> Dialect:
    """A dialect by its shipped name, or from a TOML file.

    A file may begin `base = "itk-2.4"`: it then says only what differs. Tables are joined key by key and lists
    replaced; a code table (one below a table, with a `system` of its own) is replaced whole, for its codes mean nothing elsewhere.
    Raises NotFound when there is neither, BadDialect with every fault otherwise.
    """
    where, data = _read(name_or_path)
    faults = [*faults_of(data, Dialect)]
    if faults:
        raise BadDialect(where, faults)
    dialect = msgspec.convert(data, Dialect)
    if found := [*_unusable(dialect)]:
        raise BadDialect(where, found)
    return told_by_display(dialect) if dialect.is_told_by_display else dialect


def _shipped() -> Traversable:
    return resources.files("tabard.dialect") / "shipped"


def _read(name_or_path: str) -> tuple[str, dict[str, Any]]:
    file = _shipped() / f"{name_or_path}{_SUFFIX}" if name_or_path in names() else Path(name_or_path)
    if not file.is_file():
        raise NotFound(
            "There is no such dialect.",
            where=name_or_path,
            expected=f"one of {', '.join(names())}, or the path of a TOML file",
            remedy="Name a shipped dialect, or check the path.",
        )
    return name_or_path, _on_its_base(_parsed(name_or_path, file.read_bytes()), name_or_path)


def _parsed(where: str, raw: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(raw.decode())
    except ValueError as error:  # both TOMLDecodeError and UnicodeDecodeError
        raise BadDialect(where, [Fault("the whole file", "TOML in UTF-8", str(error))]) from error


def _on_its_base(data: dict[str, Any], where: str) -> dict[str, Any]:
    base = data.pop(_BASE, None)
    if base is None:
        return data
    if base not in names() or base == where:
        raise BadDialect(where, [Fault(_BASE, f"one of {', '.join(names())}", repr(base))])
    return _joined(_read(base)[1], data)


def _joined(under: dict[str, Any], over: dict[str, Any], depth: int = 0) -> dict[str, Any]:
    if depth > 1 and "system" in over:
        return over
    joined = dict(under)
    for key, value in over.items():
        old = under.get(key)
        joined[key] = _joined(old, value, depth + 1) if isinstance(old, dict) and isinstance(value, dict) else value
    return joined


def _unusable(dialect: Dialect) -> Iterator[Fault]:
    """What has the right shape and still cannot be used."""
    try:
        ZoneInfo(dialect.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield Fault("time_zone", "a zone of the IANA database, such as Europe/London", repr(dialect.time_zone))
    yield from _no_patterns(dialect)
    for place, rule in enumerate(dialect.practitioners.identifiers, start=1):
        if rule.pattern is None and rule.authority is None and rule.type is None:
            yield Fault(
                f"practitioners.identifiers.{place}", "a pattern, an authority or a type", "an empty rule: it fits all"
            )
    for place, identifier in enumerate(dialect.identifiers.nhs_number, start=1):
        if identifier.authority is None and identifier.type is None and identifier.field is None:
            yield Fault(
                f"identifiers.nhs_number.{place}", "an authority, a type or a field", "an empty rule: it fits all"
            )


def _no_patterns(dialect: Dialect) -> Iterator[Fault]:
    """Texts that should be regular expressions and are none."""
    rules = enumerate(dialect.practitioners.identifiers, start=1)
    patterns = {f"practitioners.identifiers.{place}.pattern": rule.pattern for place, rule in rules}
    patterns["unresolved"] = dialect.unresolved
    for name, table in code_tables(dialect):
        patterns[f"{name}.shape"] = table.shape
    for key, pattern in patterns.items():
        try:
            re.compile(pattern or "")
        except re.error as error:
            yield Fault(key, "a regular expression", str(error))
