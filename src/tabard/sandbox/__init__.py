"""Sandbox: pretend hospitals' people, beds and days; a pretend Lorenzo tells by HL7 v2, a pretend Millennium by FHIR too.

It stands for somebody else's system, so it writes its messages from plain templates and has its own MLLP end.
"""

from tabard.sandbox.batch import batch_file, worded
from tabard.sandbox.census import Census
from tabard.sandbox.day import Day
from tabard.sandbox.delivery import Sent
from tabard.sandbox.errors import Inconsistent, Undelivered
from tabard.sandbox.events import Event, Kind, Stay
from tabard.sandbox.faults import REPEATED_HALF_HOUR, Fault, Faults, OrderedFault
from tabard.sandbox.further import FurtherCensus
from tabard.sandbox.habits import BACKGROUND, CAMIS, HOMERTON, ITK, LORENZO, MILLPOND, NAMED, Habits, Merge
from tabard.sandbox.laboratory import (
    C_REACTIVE_PROTEIN,
    FULL_BLOOD_COUNT,
    LACTATE,
    PANELS,
    TROPONIN,
    UREA_AND_ELECTROLYTES,
    VITAL_SIGNS,
)
from tabard.sandbox.layout import Clinician, Layout, Place, Practice, Ward, large_hospital, millpond_royal, st_elsewhere
from tabard.sandbox.lorenzo import PretendLorenzo
from tabard.sandbox.lorenzo_screen import LorenzoScreen, context_address
from tabard.sandbox.messages import render
from tabard.sandbox.millennium import (
    FIN_SYSTEM,
    MRN_SYSTEM,
    NHS_SYSTEM,
    VISIT_SYSTEM,
    Charted,
    PretendMillennium,
    Refused,
    Trouble,
)
from tabard.sandbox.people import People, Person
from tabard.sandbox.receiver import Manner, PretendReceiver
from tabard.sandbox.whole_day import WholeDay

__all__ = [
    "BACKGROUND",
    "CAMIS",
    "C_REACTIVE_PROTEIN",
    "FIN_SYSTEM",
    "FULL_BLOOD_COUNT",
    "HOMERTON",
    "ITK",
    "LACTATE",
    "LORENZO",
    "MILLPOND",
    "MRN_SYSTEM",
    "NAMED",
    "NHS_SYSTEM",
    "PANELS",
    "REPEATED_HALF_HOUR",
    "TROPONIN",
    "UREA_AND_ELECTROLYTES",
    "VISIT_SYSTEM",
    "VITAL_SIGNS",
    "Census",
    "Charted",
    "Clinician",
    "Day",
    "Event",
    "Fault",
    "Faults",
    "FurtherCensus",
    "Habits",
    "Inconsistent",
    "Kind",
    "Layout",
    "LorenzoScreen",
    "Manner",
    "Merge",
    "OrderedFault",
    "People",
    "Person",
    "Place",
    "Practice",
    "PretendLorenzo",
    "PretendMillennium",
    "PretendReceiver",
    "Refused",
    "Sent",
    "Stay",
    "Trouble",
    "Undelivered",
    "Ward",
    "WholeDay",
    "batch_file",
    "context_address",
    "large_hospital",
    "millpond_royal",
    "render",
    "st_elsewhere",
    "worded",
]
