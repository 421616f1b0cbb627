"""Dialects: how one site speaks HL7 v2, as data; and the pure translation of its messages to FHIR R4 that is UK Core in shape.

>>> from tabard.dialect import load
>>> load("itk-2.4").time_zone
'Europe/London'
"""

from tabard.dialect.bundling import bundle
from tabard.dialect.dates import Moment, read_moment
from tabard.dialect.errors import Reason, Untranslatable
from tabard.dialect.explaining import Explained, Explanation, explain
from tabard.dialect.extensions import (
    EXPECTED_RETURN,
    FAILED_CHECK,
    PENDING_DISCHARGE,
    PENDING_TRANSFER,
    SHIELDED,
    SOURCE_TEXT,
    UK_CORE,
)
from tabard.dialect.gate import gate
from tabard.dialect.model import Draft, Event, Flag, IdMaker, Ids, PatientKey, Translation, Whole
from tabard.dialect.provenance import message_reference, provenance
from tabard.dialect.schema import Dialect
from tabard.dialect.table.differences import RISKY, Difference, Kind, differences
from tabard.dialect.table.digest import digest_of, to_toml
from tabard.dialect.table.errors import BadDialect
from tabard.dialect.table.faults import Fault
from tabard.dialect.table.loader import load, names, read_dialect
from tabard.dialect.translation import translate

__all__ = [
    "EXPECTED_RETURN",
    "FAILED_CHECK",
    "PENDING_DISCHARGE",
    "PENDING_TRANSFER",
    "RISKY",
    "SHIELDED",
    "SOURCE_TEXT",
    "UK_CORE",
    "BadDialect",
    "Dialect",
    "Difference",
    "Draft",
    "Event",
    "Explained",
    "Explanation",
    "Fault",
    "Flag",
    "IdMaker",
    "Ids",
    "Kind",
    "Moment",
    "PatientKey",
    "Reason",
    "Translation",
    "Untranslatable",
    "Whole",
    "bundle",
    "differences",
    "digest_of",
    "explain",
    "gate",
    "load",
    "message_reference",
    "names",
    "provenance",
    "read_dialect",
    "read_moment",
    "to_toml",
    "translate",
]
