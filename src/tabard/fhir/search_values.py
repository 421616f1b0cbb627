"""Search values: how the text after `=` in a FHIR search is taken apart, and put together.

Every reader raises ValueError (without the text, which may be a patient's) when the value is not of its form.
Source: FHIR R4 3.1.1.4 (types, prefixes, escaping).
"""

import re
from typing import Literal, NamedTuple, cast

from tabard.fhir.dates import Range, range_of

Prefix = Literal["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb"]

_ESCAPABLE = re.compile(r"([\\,|$])")
_ESCAPED = re.compile(r"\\([\\,|$])")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_BAR = re.compile(r"((?:[^\\|]|\\.)*)\|", re.DOTALL)
_PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb")


class Token(NamedTuple):
    """`code`, `system|code`, `|code` or `system|`: a system of None means any, "" means none; a code of None means any."""

    system: str | None
    code: str | None


class Moment(NamedTuple):
    """A date with its comparison."""

    prefix: Prefix
    range: Range


class Target(NamedTuple):
    """What a reference points at: `Type/id`, or an id whose type is not told (None), or a URL (type "")."""

    type: str | None
    id: str


def escape(text: str) -> str:
    """`text` such that a search takes it as one plain value, whatever commas or bars it holds."""
    return _ESCAPABLE.sub(r"\\\1", text)


def alternatives(value: str) -> tuple[str, ...]:
    """The values between unescaped commas, still escaped: any of them may match. An empty one is an error."""
    parts = _split(value)
    if not all(parts):
        raise ValueError("an empty value")
    return tuple(parts)


def plain(value: str) -> str:
    """The value without its escapes."""
    return _ESCAPED.sub(r"\1", value)


def token(value: str) -> Token:
    """A token value, escaped. Source: FHIR R4 3.1.1.4.10."""
    system = _BAR.match(value)
    if system is None:
        return Token(None, plain(value))
    return _token(plain(system[1]), plain(value[system.end() :]))


def plain_token(value: str) -> Token:
    """The same without escapes, for values that programs put together: the first bar parts system and code."""
    system, bar, code = value.partition("|")
    return _token(system, code) if bar else Token(None, value)


def moment(value: str) -> Moment:
    """A date with an optional prefix. Source: FHIR R4 3.1.1.4.7, 3.1.1.4.5."""
    prefix = value[:2]
    if not prefix.isalpha():
        return Moment("eq", range_of(value))
    if prefix not in _PREFIXES:
        raise ValueError("an unknown prefix")
    return Moment(cast("Prefix", prefix), range_of(value[2:]))


def target(value: str) -> Target:
    """A reference value: `Type/id`, a bare id, or an absolute URL. Source: FHIR R4 3.1.1.4.12."""
    text = plain(value)
    if _URL.match(text):
        return Target("", text)
    kind, slash, found = text.rpartition("/")
    if not found or "/" in kind or (slash and not kind):
        raise ValueError("not a reference")
    return Target(kind or None, found)


def _token(system: str, code: str) -> Token:
    if not system and not code:
        raise ValueError("neither system nor code")
    return Token(system, code or None)


def _split(value: str) -> list[str]:
    if "\\" not in value:
        return value.split(",")
    parts = [""]
    characters = iter(value)
    for each in characters:
        if each == ",":
            parts.append("")
        else:
            parts[-1] += each + (next(characters, "") if each == "\\" else "")
    return parts
