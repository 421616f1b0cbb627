"""Digest: what a dialect is known by, and a dialect written out whole again.

A dialect is known by what it says, its base joined in, and not by the words of its file: comments, order and defaults
spelt out change nothing. A key that a later version adds, and that a dialect does not use, changes no digest either; so a
default, once given, never changes.
"""

import hashlib
from typing import Any

import msgspec
import tomli_w

from tabard.dialect.schema import Dialect


def digest_of(dialect: Dialect) -> str:
    """The SHA-256 of all that the dialect says, as hexadecimal digits."""
    return hashlib.sha256(msgspec.json.encode(told(dialect), order="deterministic")).hexdigest()


def to_toml(dialect: Dialect) -> str:
    """The dialect as a TOML file that needs no base; loading it gives the same dialect."""
    return tomli_w.dumps(told(dialect), indent=4)


def told(table: Any) -> dict[str, Any]:
    """What a table of the schema says beside its defaults, as plain values of TOML."""
    said: dict[str, Any] = {}
    for field in msgspec.structs.fields(table):
        value = getattr(table, field.name)
        if field.required or value != _default(field):
            said[field.encode_name] = _plain(value)
    return said


def _default(field: msgspec.structs.FieldInfo) -> Any:
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()


def _plain(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        return told(value)
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, tuple) else msgspec.to_builtins(value)
