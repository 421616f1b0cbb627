"""Faults of a document against a schema of structs, all of them, not just the first."""

from collections.abc import Iterator
from difflib import get_close_matches
from enum import Enum
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import msgspec

_EXPECTED = "Expected "
_LONGEST = 80
_THIS_KEY = "this key"


class Fault(msgspec.Struct, frozen=True):
    """One thing wrong: the key it is under, what the schema expects there, what stands there, and what to do.

    `line` is where the key, or the table that it belongs in, stands in the file; None where the file holds neither.
    """

    key: str
    expected: str
    got: str
    remedy: str = "Mend the value."
    line: int | None = None

    @property
    def is_missing(self) -> bool:
        """Whether a key is wanted that is not there."""
        return self.expected == _THIS_KEY

    def __str__(self) -> str:
        place = f"line {self.line}, {self.key}" if self.line else self.key
        return f"{place}: expected {self.expected}; got {self.got}. {self.remedy}"


def faults_of(data: object, schema: Any, key: str = "") -> Iterator[Fault]:
    """Every fault of `data`, as read from TOML, against a type made of structs, tuples, dicts and plain values."""
    schema = _without_none(schema)
    if isinstance(schema, type) and issubclass(schema, msgspec.Struct) and isinstance(data, dict):
        yield from _of_struct(data, schema, key)
    elif get_origin(schema) is dict and isinstance(data, dict):
        key_type, value_type = get_args(schema)
        for name, value in data.items():
            yield from _of_leaf(name, key_type, f"{key}.{name}")
            yield from faults_of(value, value_type, f"{key}.{name}")
    elif get_origin(schema) is tuple and isinstance(data, list):
        for place, value in enumerate(data, start=1):
            yield from faults_of(value, get_args(schema)[0], f"{key}.{place}")
    else:
        yield from _of_leaf(data, schema, key)


def shown(value: object) -> str:
    """A value as a fault tells it, not longer than a line."""
    told = repr(value)
    return told if len(told) <= _LONGEST else f"{told[:_LONGEST]}..."


def _without_none(schema: Any) -> Any:
    if get_origin(schema) not in {Union, UnionType}:
        return schema
    kinds = [one for one in get_args(schema) if one is not type(None)]
    return kinds[0] if len(kinds) == 1 else schema


def _of_struct(data: dict[str, object], schema: type[msgspec.Struct], key: str) -> Iterator[Fault]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(schema)}
    for name, value in data.items():
        place = f"{key}.{name}" if key else name
        if name not in fields:
            yield _unknown(place, name, sorted(fields))
        else:
            yield from faults_of(value, fields[name].type, place)
    for name, field in fields.items():
        if field.required and name not in data:
            place = f"{key}.{name}" if key else name
            yield Fault(place, _THIS_KEY, "nothing", "Say it here, or name a `base` that says it.")


def _unknown(place: str, name: str, known: list[str]) -> Fault:
    near = get_close_matches(name, known, n=1)
    remedy = (
        f"Is `{near[0]}` meant? Else take it out." if near else "Take it out, or put it under the table it belongs to."
    )
    return Fault(place, f"one of {', '.join(known)}", "a key that is not known", remedy)


def _of_leaf(data: object, schema: Any, key: str) -> Iterator[Fault]:
    try:
        msgspec.convert(data, schema)
    except msgspec.ValidationError as error:
        words = _words(schema)
        remedy = f"Take one of these words for {key.rpartition('.')[2]}." if words else "Mend the value."
        yield Fault(key, words or _described(schema) or _expected(str(error)), shown(data), remedy)


def _described(schema: Any) -> str | None:
    """What the schema says of such a text in words."""
    for one in getattr(schema, "__metadata__", ()):
        if isinstance(one, msgspec.Meta) and one.description:
            return one.description
    return None


def _words(schema: Any) -> str | None:
    """The words allowed, where the schema has a fixed set of them."""
    if get_origin(schema) is Literal:
        return f"one of {', '.join(get_args(schema))}"
    if isinstance(schema, type) and issubclass(schema, Enum):
        return f"one of {', '.join(str(word.value) for word in schema)}"
    return None


def _expected(sentence: str) -> str:
    """What msgspec's sentence says was expected."""
    return sentence.split(" - at ", maxsplit=1)[0].removeprefix(_EXPECTED).split(", got ")[0].replace("`", "")
