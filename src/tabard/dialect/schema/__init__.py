"""The schema of a dialect: a file a part of it, a class a table of the TOML, a docstring the meaning of a key.

Keys on the left are the sender's words, on the right the standard's.
"""

from tabard.dialect.schema.base import CodeTable, ComponentNumber, FieldPlace, Table
from tabard.dialect.schema.dialect import Dialect, code_tables
from tabard.dialect.schema.identifiers import IdentifierRule, Identifiers
from tabard.dialect.schema.people import Addresses, Names, Person, PractitionerRule, Practitioners, Telecoms
from tabard.dialect.schema.places import Locations, Organizations, PackedPractice
from tabard.dialect.schema.results import Results
from tabard.dialect.schema.sender import KeepOut, Refusal, Sender, ValuePlace
from tabard.dialect.schema.visits import VisitNumber, Visits

__all__ = [
    "Addresses",
    "CodeTable",
    "ComponentNumber",
    "Dialect",
    "FieldPlace",
    "IdentifierRule",
    "Identifiers",
    "KeepOut",
    "Locations",
    "Names",
    "Organizations",
    "PackedPractice",
    "Person",
    "PractitionerRule",
    "Practitioners",
    "Refusal",
    "Results",
    "Sender",
    "Table",
    "Telecoms",
    "ValuePlace",
    "VisitNumber",
    "Visits",
    "code_tables",
]
