"""Faults of a document against a schema of structs, all of them, not just the first."""

from collections.abc import Iterator
from enum import Enum
from typing import Any, Literal, get_args, get_origin

import msgspec

_EXPECTED = "Expected "


class Fault(msgspec.Struct, frozen=True):
    """One thing wrong: the key it is under, what the schema expects there, and what stands there."""

    key: str
    expected: str
    got: str

    def __str__(self) -> str:
        return f"{self.key}: expected {self.expected}; got {self.got}"


def faults_of(data: object, schema: Any, key: str = "") -> Iterator[Fault]:
    """Every fault of `data`, as read from TOML, against a type made of structs, tuples, dicts and plain values."""
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


def _of_struct(data: dict[str, object], schema: type[msgspec.Struct], key: str) -> Iterator[Fault]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(schema)}
    for name, value in data.items():
        place = f"{key}.{name}" if key else name
        if name not in fields:
            yield Fault(place, f"one of {', '.join(sorted(fields))}", "a key that is not known")
        else:
            yield from faults_of(value, fields[name].type, place)
    for name, field in fields.items():
        if field.required and name not in data:
            yield Fault(f"{key}.{name}" if key else name, "this key", "nothing")


def _of_leaf(data: object, schema: Any, key: str) -> Iterator[Fault]:
    try:
        msgspec.convert(data, schema)
    except msgspec.ValidationError as error:
        yield Fault(key, _words(schema) or _expected(str(error)), repr(data))


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
