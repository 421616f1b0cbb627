"""Dialects from files: the shipped ones by name, a site's own by path, all faults told together with their lines."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import msgspec

from tabard.dialect.schema import Dialect
from tabard.dialect.table.errors import BadDialect
from tabard.dialect.table.faults import Fault, faults_of
from tabard.dialect.table.mending import may_follow, without
from tabard.dialect.table.soundness import unsound
from tabard.dialect.table.toml_lines import line_of, lines_of
from tabard.dialect.table.wording import told_by_display
from tabard.ground.errors import NotFound

LARGEST_BYTES = 1 << 20
"""A file of more bytes is no dialect."""

_LONGEST_NAME = 200
"""Characters of a name or path that an error repeats."""

_BASE = "base"
_SUFFIX = ".toml"
_AT_LINE = re.compile(r"\(at line (\d+)")


def names() -> tuple[str, ...]:
    """The names of the shipped dialects."""
    return tuple(
        sorted(file.name.removesuffix(_SUFFIX) for file in _shipped().iterdir() if file.name.endswith(_SUFFIX))
    )


def load(name_or_path: str) -> Dialect:
    """A dialect by its shipped name, or from a TOML file.

    Raises NotFound when there is neither; otherwise as `read_dialect`.
    """
    return read_dialect(_bytes_of(name_or_path), name_or_path)


def read_dialect(raw: bytes, where: str) -> Dialect:
    """The dialect that a TOML file's bytes say; `where` is what faults call the file.

    A file may begin `base = "itk-2.4"`: it then says only what differs. Tables are joined key by key and lists
    replaced; a code table (one below a table, with a `system` of its own) is replaced whole, for its codes mean nothing
    elsewhere. Raises BadDialect with every fault and its line; never anything else, whatever the bytes.
    """
    text, data = _parsed(raw, where)
    lines = lines_of(text)
    under = _base_of(data, where, lines)
    whole = _joined(under, data)
    if faults := [*faults_of(whole, Dialect)]:
        rest = _joined(under, without(data, [fault.key for fault in faults]))
        raise _bad(where, [*faults, *_unsound_besides(rest, faults)], lines)
    dialect = msgspec.convert(whole, Dialect)
    if faults := [*unsound(dialect)]:
        raise _bad(where, faults, lines)
    return told_by_display(dialect) if dialect.is_told_by_display else dialect


def _unsound_besides(rest: dict[str, Any], faults: Sequence[Fault]) -> Iterator[Fault]:
    """What is unsound in the rest of a document that has faults, so that nobody mends it twice; nothing where no rest can be read."""
    try:
        dialect = msgspec.convert(rest, Dialect)
    except msgspec.ValidationError:
        return
    yield from (fault for fault in unsound(dialect) if not any(may_follow(fault.key, one.key) for one in faults))


def _bad(where: str, faults: Sequence[Fault], lines: Mapping[str, int]) -> BadDialect:
    placed = [msgspec.structs.replace(fault, line=line_of(fault.key, lines)) for fault in faults]
    return BadDialect(where, sorted(placed, key=lambda fault: fault.line or 0))


def _shipped() -> Traversable:
    return resources.files("tabard.dialect") / "shipped"


def _bytes_of(name_or_path: str) -> bytes:
    try:
        if name_or_path in names():
            return (_shipped() / f"{name_or_path}{_SUFFIX}").read_bytes()
        with Path(name_or_path).open("rb") as file:
            return file.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise NotFound(
            "There is no such dialect.",
            where=name_or_path[:_LONGEST_NAME],
            expected=f"one of {', '.join(names())}, or the path of a TOML file",
            remedy="Name a shipped dialect, or check the path.",
        ) from error


def _parsed(raw: bytes, where: str) -> tuple[str, dict[str, Any]]:
    if len(raw) > LARGEST_BYTES:
        raise BadDialect(where, [_whole("a file of at most 1 MiB", "a larger one")])
    try:
        text = raw.decode("utf-8-sig")
        return text, tomllib.loads(text)
    except UnicodeDecodeError as error:
        line, told = raw.count(b"\n", 0, error.start) + 1, "a byte that is not UTF-8"
    except RecursionError:
        line, told = None, "lists or tables too deep in one another"
    except ValueError as error:  # TOMLDecodeError is one
        found = _AT_LINE.search(str(error))
        line, told = int(found[1]) if found else None, str(error)
    raise BadDialect(where, [_whole("TOML in UTF-8", told, line)])


def _whole(expected: str, got: str, line: int | None = None) -> Fault:
    return Fault("the whole file", expected, got, "Mend the file; https://toml.io says how TOML is written.", line)


def _base_of(data: dict[str, Any], where: str, lines: Mapping[str, int]) -> dict[str, Any]:
    """All that the base says, which is taken out of `data`; nothing where there is none."""
    base = data.pop(_BASE, None)
    if base is None:
        return {}
    if base not in names() or base == where:
        told = ", ".join(names())
        fault = Fault(_BASE, f"one of {told}", repr(base)[:80], "Name a shipped dialect, or none.")
        raise _bad(where, [fault, *(one for one in faults_of(data, Dialect) if not one.is_missing)], lines)
    _, under = _parsed(_bytes_of(base), base)
    return _joined(_base_of(under, base, {}), under)


def _joined(under: dict[str, Any], over: dict[str, Any], depth: int = 0) -> dict[str, Any]:
    if depth > 1 and "system" in over:
        return over
    joined = dict(under)
    for key, value in over.items():
        old = under.get(key)
        joined[key] = _joined(old, value, depth + 1) if isinstance(old, dict) and isinstance(value, dict) else value
    return joined
