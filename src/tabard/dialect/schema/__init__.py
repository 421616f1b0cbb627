"""The schema of a dialect: a file a part of it, a class a table of the TOML, a docstring the meaning of a key.

Keys on the left are the sender's words, on the right the standard's.
"""

from tabard.dialect.schema.base import CodeTable, ComponentNumber, FieldPlace, Table
from tabard.dialect.schema.clinical import Allergies, Clinical
from tabard.dialect.schema.dialect import Dialect, code_tables
from tabard.dialect.schema.documents import Documents
from tabard.dialect.schema.identifiers import IdentifierRule, Identifiers
from tabard.dialect.schema.people import (
    Addresses,
    Contacts,
    Names,
    Person,
    PractitionerRule,
    Practitioners,
    Privacy,
    Telecoms,
)
from tabard.dialect.schema.places import Locations, Organizations, PackedPractice
from tabard.dialect.schema.results import Orders, Results
from tabard.dialect.schema.scheduling import Scheduling
from tabard.dialect.schema.sender import Among, EventName, KeepOut, Refusal, Sender, ValuePlace
from tabard.dialect.schema.visits import VisitField, VisitNumber, Visits

__all__ = [
    "Addresses",
    "Allergies",
    "Among",
    "Clinical",
    "CodeTable",
    "ComponentNumber",
    "Contacts",
    "Dialect",
    "Documents",
    "EventName",
    "FieldPlace",
    "IdentifierRule",
    "Identifiers",
    "KeepOut",
    "Locations",
    "Names",
    "Orders",
    "Organizations",
    "PackedPractice",
    "Person",
    "PractitionerRule",
    "Practitioners",
    "Privacy",
    "Refusal",
    "Results",
    "Scheduling",
    "Sender",
    "Table",
    "Telecoms",
    "ValuePlace",
    "VisitField",
    "VisitNumber",
    "Visits",
    "code_tables",
]
