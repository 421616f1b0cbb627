"""What the standard calls its fields and components, for people who look into a message.

Source: HL7 v2.5, chapters 2A to 15, as `names.json` beside this file. Earlier versions have the same fields by the same
numbers, and fewer of them; a Z segment has no names here.
"""

import json
from functools import cache
from importlib import resources
from typing import Any

import msgspec


class FieldName(msgspec.Struct, frozen=True):
    """A field's name, such as "Patient name", and the type of its content, such as "XPN"; both empty where none is known."""

    name: str = ""
    type: str = ""


def field_name(segment: str, n: int) -> FieldName:
    """What field `n` (counted from 1) of a segment is called."""
    fields = _names()["segments"].get(segment, ())
    return FieldName(*fields[n - 1]) if 0 < n <= len(fields) else FieldName()


def component_name(type: str, n: int) -> str:  # noqa: A002  the standard's own word
    """What component `n` (counted from 1) of a type is called; empty where it is not known."""
    parts = _names()["types"].get(type, ())
    return str(parts[n - 1]) if 0 < n <= len(parts) else ""


@cache
def _names() -> dict[str, Any]:
    file = resources.files("tabard.hl7v2") / "names.json"
    return dict(json.loads(file.read_bytes()))
