"""Every key of the schema says what it means, and the page of the docs says the same."""

from pathlib import Path

import msgspec
import pytest

from tabard.dialect import schema
from tabard.dialect.reference import meanings, reference

PAGE = Path(__file__).resolve().parents[3] / "docs" / "look-up" / "dialects.md"


def tables() -> list[type[msgspec.Struct]]:
    seen: list[type[msgspec.Struct]] = [schema.Table]
    for table in seen:
        seen.extend(one for one in table.__subclasses__() if one not in seen)
    return seen[1:]


def is_table(kind: object) -> bool:
    return any(one in tables() for one in (kind, *getattr(kind, "__args__", ())))


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.__name__)
def test_every_key_says_what_it_means(table: type[msgspec.Struct]) -> None:
    """A key has a sentence of its own, or is a table that has one."""
    told = meanings(table)
    silent = [
        field.name for field in msgspec.structs.fields(table) if not told[field.name] and not is_table(field.type)
    ]
    assert silent == []
    assert table.__doc__


def test_the_page_of_the_docs_is_current() -> None:
    """What stands between the marks is what the schema says now; `python -m tabard.dialect.reference` prints it."""
    between = PAGE.read_text("utf-8").partition("reference -->\n")[2].partition("<!-- /keys -->")[0]
    assert between == reference()
