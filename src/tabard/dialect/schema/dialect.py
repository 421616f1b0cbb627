"""A dialect: one site's habits in HL7 v2, as data. Every table here is a table of its TOML file."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from tabard.dialect.model import Event
from tabard.dialect.schema.base import CodeTable, Table
from tabard.dialect.schema.clinical import Clinical
from tabard.dialect.schema.documents import Documents
from tabard.dialect.schema.identifiers import Identifiers
from tabard.dialect.schema.people import Addresses, Contacts, Names, Person, Practitioners, Privacy, Telecoms
from tabard.dialect.schema.places import Locations, Organizations
from tabard.dialect.schema.results import Orders, Results
from tabard.dialect.schema.scheduling import Scheduling
from tabard.dialect.schema.sender import EventName, Sender
from tabard.dialect.schema.visits import Visits


class Dialect(Table, frozen=True):
    """How one site speaks HL7 v2."""

    name: str
    """What a link calls it."""
    title: str
    """What people call it."""
    source: str
    """What it was made from."""
    versions: tuple[str, ...]
    """MSH-12 as this dialect knows it; another version is another dialect."""
    time_zone: str
    """Where times without an offset are meant. A local time that happens twice is the first (summer time)."""
    null: Literal["clears", "ignored"]
    """Whether `""` empties the old value, or is a habit that says nothing."""
    events: dict[EventName, Event]
    """What a trigger (MSH-9) means here, such as `"ADT^A34" = "merge"`; a message of any other is parked. EVN-1 is not read."""
    noted_segments: tuple[str, ...]
    """Segments that are not read and say so in a flag."""
    identifiers: Identifiers
    names: Names
    addresses: Addresses
    telecoms: Telecoms
    person: Person
    practitioners: Practitioners
    organizations: Organizations
    locations: Locations
    visits: Visits
    results: Results
    orders: Orders
    scheduling: Scheduling
    documents: Documents
    sender: Sender = Sender()
    clinical: Clinical = Clinical()
    privacy: Privacy = Privacy()
    contacts: Contacts | None = None
    ignored: dict[EventName, str] = msgspec.field(default_factory=dict)
    """Why a trigger that `events` calls `ignored` is of no effect here: its messages are kept, and change nothing."""
    is_told_by_display: bool = False
    """Whether the sender writes words for people where codes belong: letters' case says nothing, a display is its code."""
    unresolved: str | None = None
    """A pattern: the whole shape of a component in which the sender left a reference to its own code sets: it says nothing."""

    def __repr__(self) -> str:
        return f"<Dialect {self.name}>"


def code_tables(dialect: Dialect) -> Iterator[tuple[str, CodeTable]]:
    """Every code table of a dialect below one of its tables, by its key in the file, such as "person.marital_status"."""
    for key in dialect.__struct_fields__:
        table = getattr(dialect, key)
        if not isinstance(table, msgspec.Struct):
            continue
        for name in table.__struct_fields__:
            if isinstance(value := getattr(table, name), CodeTable):
                yield f"{key}.{name}", value
