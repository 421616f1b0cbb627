"""A pretend Millennium: an ADT feed and a FHIR server over the one census of a pretend hospital."""

from tabard.sandbox.millennium.hospital import Charted, PretendMillennium
from tabard.sandbox.millennium.person_resources import MRN_SYSTEM, NHS_SYSTEM
from tabard.sandbox.millennium.refusals import Refused
from tabard.sandbox.millennium.trouble import Trouble
from tabard.sandbox.millennium.visit_resources import FIN_SYSTEM, VISIT_SYSTEM

__all__ = [
    "FIN_SYSTEM",
    "MRN_SYSTEM",
    "NHS_SYSTEM",
    "VISIT_SYSTEM",
    "Charted",
    "PretendMillennium",
    "Refused",
    "Trouble",
]
