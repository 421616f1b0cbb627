"""An EHR over FHIR R4: asked per patient at the moment of the question, every id the record's, every doubt an end to it.

Here are its errors; the rest is had from `tabard.link`, which imports it when it is first asked for.
"""

from tabard.link.ehr.errors import (
    BadAnswer,
    Busy,
    Conflict,
    Doubt,
    Doubtful,
    EhrError,
    NobodyHere,
    NotKnown,
    NotLetIn,
    Rejected,
    TooSlow,
    Unreachable,
    Unsupported,
)
from tabard.link.ehr.written import WriteReason, WriteState, Written

__all__ = [
    "BadAnswer",
    "Busy",
    "Conflict",
    "Doubt",
    "Doubtful",
    "EhrError",
    "NobodyHere",
    "NotKnown",
    "NotLetIn",
    "Rejected",
    "TooSlow",
    "Unreachable",
    "Unsupported",
    "WriteReason",
    "WriteState",
    "Written",
]
