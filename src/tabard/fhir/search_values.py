"""Search values: how the text after `=` in a FHIR search is taken apart, and put together.

Every reader raises ValueError (without the text, which may be a patient's) when the value is not of its form.
Source: FHIR R4 3.1.1.4 (types, prefixes, escaping).
"""

import re
from typing import Literal, NamedTuple, cast

from tabard.fhir.amounts import Amount, amount
from tabard.fhir.dates import Range, range_of

Prefix = Literal["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"]

_ESCAPABLE = re.compile(r"([\\,|$])")
_ESCAPED = re.compile(r"\\([\\,|$])")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_BAR = re.compile(r"((?:[^\\|]|\\.)*)\|", re.DOTALL)
_PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")


class Token(NamedTuple):
    """`code`, `system|code`, `|code` or `system|`: a system of None means any, "" means none; a code of None means any."""

    system: str | None
    code: str | None


class Moment(NamedTuple):
    """A date with its comparison."""

    prefix: Prefix
    range: Range


class Compared(NamedTuple):
    """A number with its comparison."""

    prefix: Prefix
    amount: Amount


class Measured(NamedTuple):
    """A quantity with its comparison; a system or code of None means any, and without a system the code may be the unit."""

    prefix: Prefix
    amount: Amount
    system: str | None
    code: str | None


class Typed(NamedTuple):
    """`system|code|value` of `:of-type`: the type of an identifier, and its value."""

    system: str
    code: str
    value: str


class Target(NamedTuple):
    """What a reference points at: `Type/id`, or an id whose type is not told (None), or a URL (type "")."""

    type: str | None
    id: str


def escape(text: str) -> str:
    """`text` such that a search takes it as one plain value, whatever commas or bars it holds."""
    return _ESCAPABLE.sub(r"\\\1", text)


def alternatives(value: str) -> tuple[str, ...]:
    """The values between unescaped commas, still escaped: any of them may match. An empty one is an error."""
    parts = separated(value, ",")
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
    prefix, rest = _prefixed(value)
    return Moment(prefix, range_of(rest))


def compared(value: str) -> Compared:
    """A number with an optional prefix. Source: FHIR R4 3.1.1.4.6."""
    prefix, rest = _prefixed(value)
    return Compared(prefix, amount(rest))


def measured(value: str) -> Measured:
    """`number`, `number|system|code` or `number||code`, with an optional prefix. Source: FHIR R4 3.1.1.4.11."""
    parts = [plain(each) for each in separated(value, "|")]
    if len(parts) not in {1, 3}:
        raise ValueError("not a quantity")
    prefix, rest = _prefixed(parts[0])
    system, code = parts[1:] or ("", "")
    return Measured(prefix, amount(rest), system or None, code or None)


def typed(value: str) -> Typed:
    """An identifier with its type. Source: FHIR R4 3.1.1.4.10 (`:of-type`)."""
    parts = [plain(each) for each in separated(value, "|")]
    if len(parts) != 3 or not all(parts):  # noqa: PLR2004  system, code, value
        raise ValueError("not an identifier with its type")
    return Typed(*parts)


def components(value: str) -> tuple[str, ...]:
    """The parts of a composite between unescaped dollar signs, still escaped. Source: FHIR R4 3.1.1.4.14."""
    parts = separated(value, "$")
    if not all(parts):
        raise ValueError("an empty part")
    return tuple(parts)


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


def separated(value: str, by: str) -> list[str]:
    """The parts between those of `by` that are not escaped, still escaped."""
    if "\\" not in value:
        return value.split(by)
    parts = [""]
    characters = iter(value)
    for each in characters:
        if each == by:
            parts.append("")
        else:
            parts[-1] += each + (next(characters, "") if each == "\\" else "")
    return parts


def _prefixed(value: str) -> tuple[Prefix, str]:
    prefix = value[:2]
    if not prefix.isalpha():
        return "eq", value
    if prefix not in _PREFIXES:
        raise ValueError("an unknown prefix")
    return cast("Prefix", prefix), value[2:]
