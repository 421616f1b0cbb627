"""Reverse: the tables of a dialect read from the standard's word to the sender's.

Where several words of the sender's own mean the same, the one listed first is taken.
"""

from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from tabard.dialect.codes import filled
from tabard.dialect.schema import CodeTable, Dialect
from tabard.dialect.writing.errors import Unsayable
from tabard.fhir.json import Resource


def word_for(table: Mapping[str, str], meaning: str, place: str, key: str) -> str:
    """The sender's word for `meaning`. Raises Unsayable where there is none; `key` is the table's name in the dialect."""
    word = next((word for word, told in table.items() if told == meaning), None)
    if word is None:
        raise Unsayable(
            place,
            f"The dialect has no word for {meaning}.",
            expected=f"one of {', '.join(sorted(set(table.values()))) or 'nothing: the table is empty'}",
            remedy=f"Name the record system's word for it under [{key}] in the dialect, or do not send it.",
        )
    return word


def code_for(dialect: Dialect, table: CodeTable, concept: Resource, place: str, key: str) -> str:
    """The sender's word for a CodeableConcept that its table reads to the same code. Raises Unsayable where there is none."""
    codes = [one["code"] for one in concept.get("coding", ()) if one.get("system") == table.system and "code" in one]
    for code in codes:
        for word in _words(table, code):
            folded = word.casefold() if dialect.is_told_by_display else word
            if table.codes.get(folded, word) == code:
                return word
    raise Unsayable(
        place,
        "The dialect has no word for a code.",
        expected=f"a code of {table.system} that the dialect knows",
        remedy=f"Name the record system's word for it under [{key}] in the dialect, or do not send it.",
    )


def _words(table: CodeTable, code: str) -> Iterable[str]:
    """The sender's own words first, then the code itself, then its display as a word."""
    plain = {code.casefold(), table.display.get(code, code).casefold()}
    words = [word for word, told in table.codes.items() if told == code]
    yield from (word for word in words if word.casefold() not in plain)
    if code in table.display or code in table.known or table.is_open:
        yield code
    yield from words


def owner_of(template: str, system: str) -> str | None:
    """Whose numbers or codes a system is of, by the template it was made from; None where it was made from another."""
    start, _, end = template.partition("{}")
    if system == filled(template, ""):
        return ""
    if "{}" not in template or not system.startswith(start) or not system.endswith(end):
        return None
    owner = unquote(system[len(start) : len(system) - len(end)])
    return owner if filled(template, owner) == system else None


def system_name(dialect: Dialect, system: str | None) -> str | None:
    """What the sender calls a coding system; "" where a code has none, None where the sender knows no name for it."""
    if system is None:
        return ""
    results = dialect.results
    named = next((name for name, told in results.coding_systems.items() if told == system), None)
    return named if named is not None else owner_of(results.local_coding_system, system)
