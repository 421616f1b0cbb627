"""Variants of a dialect: the same dialect with one of its keys said differently, or not at all."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args, get_origin

import msgspec

from tabard.dialect.schema import CodeTable, Dialect

_NOT_VARIED = frozenset(
    {
        *("name", "title", "source", "versions", "sender", "events", "ignored", "noted_segments"),
        "is_told_by_display",
    }
)
"""What says nothing of an element, or decides whether or how a message is read at all. Events are varied on their own."""

_NOWHERE = 30
"""A component that no message has."""

_FIELD = re.compile("[A-Z][A-Z0-9]{2}-[0-9]{1,2}")
_MOST_FIELDS = 3

_OTHER_ZONE = "Asia/Tokyo"


Held = tuple[str, ...]
"""The fields that the message holds: where a key names a field, it is varied by another of these."""


def variants(dialect: Dialect, held: Held) -> Iterator[tuple[str, Dialect]]:
    """Each key of each table, with dialects that say it differently; most of them would not pass as a dialect."""
    for field in msgspec.structs.fields(dialect):
        if field.name in _NOT_VARIED:
            continue
        for key, value in _varied(field.name, getattr(dialect, field.name), field.type, held):
            yield key, msgspec.structs.replace(dialect, **{field.name: value})


def _varied(key: str, value: Any, schema: Any, held: Held) -> Iterator[tuple[str, Any]]:
    if isinstance(value, CodeTable):
        yield from ((key, one) for one in _code_tables(value))
    elif isinstance(value, msgspec.Struct):
        yield from _structs(key, value, held)
    elif isinstance(value, dict):
        yield from ((key, one) for one in _tables(value, schema, held))
    elif isinstance(value, tuple):
        yield from ((key, one) for one in _lists(value, held))
    else:
        yield from ((key, one) for one in _plain(key, value, schema, held))


def _structs(key: str, value: msgspec.Struct, held: Held) -> Iterator[tuple[str, Any]]:
    for field in msgspec.structs.fields(value):
        for place, one in _varied(f"{key}.{field.name}", getattr(value, field.name), field.type, held):
            yield place, msgspec.structs.replace(value, **{field.name: one})


def _code_tables(table: CodeTable) -> Iterator[CodeTable]:
    """The table of another system, without its codes, and with other codes."""
    yield msgspec.structs.replace(table, system=f"{table.system}-other")
    yield msgspec.structs.replace(table, display={}, known=(), codes={}, is_open=False)
    yield msgspec.structs.replace(table, is_open=not table.is_open, shape=None)
    yield msgspec.structs.replace(table, display={code: f"{word}, other" for code, word in table.display.items()})
    yield msgspec.structs.replace(
        table, codes={word: f"{code}-other" for word, code in table.codes.items()}, is_open=True
    )


def _tables(value: Mapping[str, Any], schema: Any, held: Held) -> Iterator[dict[str, Any]]:
    """The table with nothing in it, and with each value exchanged for another."""
    if not value:
        return
    yield {}
    if all(isinstance(one, msgspec.Struct) for one in value.values()):
        for name, one in value.items():
            yield from ({**value, name: other} for _, other in _structs("", one, held))
        return
    words = _words(get_args(schema)[-1])
    for turn in range(1, min(len(words), 3)) if words else (0,):
        yield {name: _other_word(str(one), words, turn) if words else _other(one) for name, one in value.items()}


def _other_word(word: str, words: tuple[str, ...], turn: int) -> str:
    return words[(words.index(word) + turn) % len(words)] if word in words else word


def _lists(value: tuple[Any, ...], held: Held) -> Iterator[tuple[Any, ...]]:
    """The list without each of its items, without all, turned round, and with each table in it varied."""
    if not value:
        return
    yield ()
    if len(value) > 1:
        yield value[::-1]
        yield from (value[:n] + value[n + 1 :] for n in range(len(value)))
    yield from ((other, *value[1:]) for other in _other_fields(value[0], held))
    for n, one in enumerate(value):
        if isinstance(one, msgspec.Struct):
            yield from ((*value[:n], other, *value[n + 1 :]) for _, other in _structs("", one, held))


def _plain(key: str, value: Any, schema: Any, held: Held) -> Iterator[Any]:
    if key == "time_zone":
        yield _OTHER_ZONE
    elif words := _words(schema):
        yield from (word for word in words if word != value)
    elif value is not None:
        yield _other(value)
        yield from _other_fields(value, held)
        if type(None) in get_args(schema):
            yield None


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    return _NOWHERE if isinstance(value, int) else f"{value}-other" if isinstance(value, str) else value


def _other_fields(value: Any, held: Held) -> Iterator[str]:
    """Fields that the message holds, of the segment that `value` names a field of."""
    if isinstance(value, str) and _FIELD.fullmatch(value):
        yield from [one for one in held if one[:3] == value[:3] and one != value][:_MOST_FIELDS]


def _words(schema: Any) -> tuple[str, ...]:
    return get_args(schema) if get_origin(schema) is Literal else ()
