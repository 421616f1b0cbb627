"""What each value of a manifest must look like. A check answers what was expected where a value does not do, else None."""

import re
from collections.abc import Callable
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any

from tabard.fhir.scopes import BadScope, Level, parse

Check = Callable[[Any], str | None]

_UNSEEN = r"\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
"""Characters that are not seen, or that turn the text around them: what is shown would not be what stands there."""

_LICENCE_ID = r"\(*[A-Za-z0-9][A-Za-z0-9.+-]*\)*"


def matching(pattern: str, expected: str) -> Check:
    """A check that the whole text matches."""
    compiled = re.compile(pattern)
    return lambda value: None if compiled.fullmatch(value) else expected


def one_of(words: type[StrEnum]) -> Check:
    """A check that the text is one of an enumeration's words."""
    return lambda value: None if value in list(words) else f"one of {', '.join(words)}"


ID = matching(r"[a-z][a-z0-9-]{0,61}[a-z0-9]", "2 to 63 small letters, digits and hyphens, a letter first")
VERSION = matching(r"(0|[1-9][0-9]{0,5})(\.(0|[1-9][0-9]{0,5})){2}", "three numbers such as 1.0.0")
PUBLISHER = matching(r"[A-Z0-9]{3,10}", "an ODS code such as RZZ")
LINE = matching(rf"[^\n{_UNSEEN}]{{1,200}}", "one line of at most 200 characters, none of them unseen")
PROSE = matching(rf"[^{_UNSEEN}]{{1,4000}}", "at most 4000 characters, none of them unseen")
_LICENCE = matching(rf"{_LICENCE_ID}( (AND|OR|WITH) {_LICENCE_ID})*", "an SPDX expression such as Apache-2.0")
PURL = matching(
    r"pkg:[a-z][a-z0-9.+-]*/[A-Za-z0-9._~%/+-]+@[A-Za-z0-9._~%+-]+", "a package URL such as pkg:npm/x@1.0.0"
)

HOST = matching(
    r"(?=.{4,253}(:|$))([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?(:[1-9][0-9]{0,4})?",
    "the whole name of a host in small letters such as api.example.org, with a port such as :8443 where it is not 443",
)

MODULE = matching(r"[a-z_][a-z0-9_]{0,59}(\.[a-z_][a-z0-9_]{0,59}){0,4}", "the dotted name of a Python module")
SERVICE_ID = matching(r"[a-z][a-z0-9-]{0,61}[a-z0-9]", "2 to 63 small letters, digits and hyphens, a letter first")
PREFETCH_KEY = matching(r"[A-Za-z][A-Za-z0-9_-]{0,39}", "a letter, then at most 39 letters, digits, `_` or `-`")
PREFETCH = matching(r"[A-Z][A-Za-z]{1,60}[/?][^\s\x00-\x1f#\\]{1,500}", "a FHIR read or search relative to the base")


def module_in(files: frozenset[str]) -> Check:
    """A check that the text names a Python module, or a package that can be run, among the product's files."""

    def check(value: str) -> str | None:
        path = value.replace(".", "/")
        is_here = f"{path}.py" in files or {f"{path}/__main__.py", f"{path}/__init__.py"} <= files
        return MODULE(value) or (None if is_here else "a module that is in the product, one that can be run")

    return check


def licence(value: str) -> str | None:
    """An SPDX licence expression by its form. Source: SPDX 2.3, annex D."""
    depth = 0
    for character in value:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            break
    return _LICENCE(value) or (None if depth == 0 else "an SPDX expression with its brackets in pairs")


def scope(value: str) -> str | None:
    """One SMART scope."""
    try:
        parse(value)
    except BadScope:
        return "a SMART scope such as user/Encounter.rs"
    return "one scope a text" if " " in value else None


def patient_scope(value: str) -> str | None:
    """One scope of resources at the level of a patient: a service is asked about one, and told who asks in another way."""
    found = scope(value)
    if found is None and [one.level for one in parse(value).resources] != [Level.patient]:
        found = "a scope at the level patient/, such as patient/Observation.rs"
    return found


def inside(value: str) -> str | None:
    """A path that stays in the product's folder, by its form."""
    path = PurePosixPath(value)
    return "a path inside the product's folder" if path.is_absolute() or ".." in path.parts or "\\" in value else None


def file_of(files: frozenset[str]) -> Check:
    """A check that the text names one of the product's files."""
    return lambda value: inside(value) or (None if value in files else "a file that is in the product")
