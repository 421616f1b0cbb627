"""Reference: every table and key of a dialect with its meaning, in Markdown, from the docstrings of the schema.

python -m tabard.dialect.reference     prints the part of docs/look-up/dialects.md between its two marks
"""

import ast
import inspect
import sys
import textwrap
from collections.abc import Iterator
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from tabard.dialect.schema import CodeTable, Dialect


def reference() -> str:
    """The tables of keys: the top of the file first, then each table, and last what code tables have."""
    parts = [_section("the top of the file", Dialect)]
    parts += [_section(f"`[{key}]`", table) for key, table in _tables(Dialect, "")]
    parts.append(_section("a code table, such as `[person.marital_status]`", CodeTable))
    return "\n\n".join(parts) + "\n"


def meanings(table: type[msgspec.Struct]) -> dict[str, str]:
    """What each key of a table means; "" for one without a docstring."""
    source = ast.parse(textwrap.dedent(inspect.getsource(table)))
    (definition,) = [one for one in source.body if isinstance(one, ast.ClassDef)]
    told: dict[str, str] = {}
    last = ""
    for statement in definition.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            last = statement.target.id
            told[last] = ""
        elif last and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            told[last] = " ".join(str(statement.value.value).split())
            last = ""
    return told


def _section(title: str, table: type[msgspec.Struct]) -> str:
    told = meanings(table)
    rows = [
        f"| `{field.name}` | {_kind(field.type)} | {told[field.name]}{_default(field)} |"
        for field in msgspec.structs.fields(table)
        if _table_of(field.type) is None
    ]
    doc = inspect.cleandoc(table.__doc__ or "")
    return "\n".join([f"### {title}", "", doc, "", "| key | holds | meaning |", "|---|---|---|", *rows])


def _tables(table: type[msgspec.Struct], key: str) -> Iterator[tuple[str, type[msgspec.Struct]]]:
    """Every table below, by its key in the file, but code tables, which are all alike."""
    for field in msgspec.structs.fields(table):
        below = _table_of(field.type) or _rule_of(field.type)
        if below is not None:
            place = f"{key}.{field.name}" if key else field.name
            yield place if _table_of(field.type) else f"{place}.*", below
            yield from _tables(below, place)


def _table_of(kind: Any) -> type[msgspec.Struct] | None:
    """The table that a key is, where it is one and no code table."""
    kind = _plain(kind)
    is_table = isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind is not CodeTable
    return kind if is_table else None


def _rule_of(kind: Any) -> type[msgspec.Struct] | None:
    """The table that each item of a list or dict is."""
    inner = get_args(_plain(kind))
    if get_origin(_plain(kind)) is dict:
        return _table_of(inner[1])
    return _table_of(inner[0]) if get_origin(_plain(kind)) is tuple else None


def _plain(kind: Any) -> Any:
    """The type without None and without what only narrows it."""
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        elif get_origin(kind) in {Union, UnionType}:
            kind = _without_none(kind)
        else:
            return kind


def _without_none(kind: Any) -> Any:
    if get_origin(kind) not in {Union, UnionType}:
        return kind
    (kind,) = [one for one in get_args(kind) if one is not type(None)]
    return kind


def _kind(kind: Any) -> str:
    """What a key holds, in words."""
    kind = _without_none(kind)
    for one in getattr(kind, "__metadata__", ()):
        if isinstance(one, msgspec.Meta) and one.description:
            return one.description
    kind = _plain(kind)
    if get_origin(kind) is tuple:
        return f"a list: {_kind(get_args(kind)[0])}"
    if get_origin(kind) is dict:
        return f"a table: {_kind(get_args(kind)[0])} = {_kind(get_args(kind)[1])}"
    if get_origin(kind) is Literal:
        return ", ".join(f"`{word}`" for word in get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return ", ".join(f"`{word.value}`" for word in kind)
    return _WORDS.get(kind, "a table with the keys below")


_WORDS: dict[Any, str] = {str: "text", int: "a number", bool: "`true` or `false`", CodeTable: "a code table"}


def _default(field: msgspec.structs.FieldInfo) -> str:
    """What is so where the key is left out, told where it is not simply nothing."""
    if field.required:
        return " Must be said, here or in the base."
    default = field.default
    if default in {None, msgspec.NODEFAULT, False} or default == ():
        return ""
    if default is True:
        return " Without it: `true`."
    told = ", ".join(str(one) for one in default) if isinstance(default, tuple) else str(default)
    return f" Without it: `{told}`."


if __name__ == "__main__":
    sys.stdout.write(reference())
