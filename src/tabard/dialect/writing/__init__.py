"""Writing: FHIR resources as the HL7 v2 messages that a record system takes, each in its own dialect, read the other way.

What a dialect has no word for is refused: nothing is sent that would say less or something else.
"""

from tabard.dialect.writing.appointments import Change, write_appointment
from tabard.dialect.writing.documents import write_document
from tabard.dialect.writing.envelope import Envelope, Known
from tabard.dialect.writing.errors import Unsayable
from tabard.dialect.writing.persons import write_person
from tabard.dialect.writing.results import write_result

__all__ = [
    "Change",
    "Envelope",
    "Known",
    "Unsayable",
    "write_appointment",
    "write_document",
    "write_person",
    "write_result",
]
