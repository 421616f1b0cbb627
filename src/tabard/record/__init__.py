"""The record: FHIR R4 resources with every version, search, history and a change feed. It does not judge who may see what."""

from tabard.record.errors import BadResource, BadSearch
from tabard.record.model import Change, Page, Scanned, Stored
from tabard.record.query import DEFAULT_COUNT, MAX_COUNT, Added, AnyOf, MayReach
from tabard.record.reader import RecordReader
from tabard.record.writer import RecordWriter
from tabard.record.writing import Writing

__all__ = [
    "DEFAULT_COUNT",
    "MAX_COUNT",
    "Added",
    "AnyOf",
    "BadResource",
    "BadSearch",
    "Change",
    "MayReach",
    "Page",
    "RecordReader",
    "RecordWriter",
    "Scanned",
    "Stored",
    "Writing",
]
