"""What every table of a dialect is made of: fields by their names, numbers of components, and code tables.

A key that is not known is refused: a habit mistyped must not be a habit unobserved. Each key's docstring is its line on the
page of the docs, so it is written for whoever tunes a dialect.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

FieldPlace = Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9]{2}-[1-9][0-9]?$", description="a field such as PID-3")]
"""A field by the standard's name, such as "PID-3"."""

ComponentNumber = Annotated[int, Meta(ge=1, le=30)]
"""A component of a field, counted from 1."""


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file."""


class CodeTable(Table, frozen=True):
    """The sender's codes and words, and the codes of the standard system that they mean."""

    system: str
    """The code system, as a URI."""
    display: dict[str, str] = {}
    """Codes of the system, and what the system calls them."""
    known: tuple[str, ...] = ()
    """Codes of the system that come without a display here."""
    codes: dict[str, str] = {}
    """The sender's own code or word, and the system's code for it."""
    unmapped: tuple[str, ...] = ()
    """The sender's words for which the system has no code: kept as text, and nothing to look at."""
    is_open: bool = False
    """Whether a code that is not listed here is taken as one of the system all the same."""
    shape: str | None = None
    """A pattern: the whole shape that such a code must have; any other word is text."""
