"""Faults of a document against a schema of structs, all of them, not just the first."""

from collections.abc import Iterator
from typing import Any, get_args, get_origin

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
    """Every fault of `data`, as read from TOML, against a struct type or a tuple or dict of them."""
    if isinstance(schema, type) and issubclass(schema, msgspec.Struct) and isinstance(data, dict):
        yield from _of_struct(data, schema, key)
    elif (item := _item_of(schema)) is not None and isinstance(data, dict | list):
        pairs = data.items() if isinstance(data, dict) else enumerate(data, start=1)
        for name, value in pairs:
            yield from faults_of(value, item, f"{key}.{name}")
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
        sentence = str(error).split(" - at ")[0]
        expected = sentence.removeprefix(_EXPECTED).split(", got ")[0].replace("`", "")
        yield Fault(key, expected, repr(data))


def _item_of(schema: Any) -> Any:
    """The struct type inside tuple[S, ...] or dict[str, S]; None for everything else."""
    inner = [one for one in get_args(schema) if isinstance(one, type) and issubclass(one, msgspec.Struct)]
    return inner[0] if get_origin(schema) in {tuple, dict} and inner else None
