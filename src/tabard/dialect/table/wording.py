"""Wording: a dialect whose sender writes words for people where codes belong, made ready to be looked up.

Case says nothing in such words, and the standard's own display of a code stands for the code.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from tabard.dialect.schema import CodeTable, Dialect

_LISTS = ("yes", "no", "planned_classes", "unmapped", "hidden", "open")
"""Lists of the sender's words."""

_MAPPINGS = (
    "uses",
    "types",
    "systems",
    "sex",
    "status",
    "account_status",
    "words",
    "participation",
    "resource_types",
    "availability",
    "completion",
)
"""Tables from the sender's words. Authorities, facilities and senders are names, which stay as they are written."""


def told_by_display(dialect: Dialect) -> Dialect:
    """The dialect with the sender's words in the form that `Reading.word` gives them."""
    identifiers = dialect.identifiers
    codes = identifiers.status_codes
    told = {code: code for code in codes.display} | _by_display(codes) if codes else {}
    return msgspec.structs.replace(
        dialect,
        identifiers=msgspec.structs.replace(identifiers, status=told | _folded(identifiers.status)),
        names=_reworded(dialect.names),
        addresses=_reworded(dialect.addresses),
        telecoms=_reworded(dialect.telecoms),
        person=_reworded(dialect.person),
        visits=_reworded(dialect.visits),
        privacy=_reworded(dialect.privacy),
        scheduling=_reworded(dialect.scheduling),
        documents=_reworded(dialect.documents),
        contacts=_reworded(dialect.contacts) if dialect.contacts else None,
    )


def _reworded(table: Any) -> Any:
    """A table, and the code tables in it, with folded words."""
    changes: dict[str, object] = {}
    for name in table.__struct_fields__:
        value = getattr(table, name)
        if isinstance(value, CodeTable):
            changes[name] = _code_table(value)
        elif name == "extensions":
            changes[name] = {place: _reworded(field) for place, field in value.items()}
        elif name in _LISTS:
            changes[name] = _all_folded(value)
        elif name in _MAPPINGS:
            changes[name] = _folded(value)
    return msgspec.structs.replace(table, **changes)


def _code_table(table: CodeTable) -> CodeTable:
    """The table with its own codes and displays among the words that lead to a code; the sender's words come before them."""
    codes = {code.casefold(): code for code in (*table.known, *table.display)}
    return msgspec.structs.replace(
        table, codes=codes | _by_display(table) | _folded(table.codes), unmapped=_all_folded(table.unmapped)
    )


def _by_display(table: CodeTable) -> dict[str, str]:
    return {display.casefold(): code for code, display in table.display.items()}


def _folded(words: Mapping[str, str]) -> dict[str, str]:
    return {word.casefold(): value for word, value in words.items()}


def _all_folded(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(word.casefold() for word in words)
