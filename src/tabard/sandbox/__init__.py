"""Sandbox: a pretend hospital's people, beds and day, told by a pretend Lorenzo over HL7 v2.

It stands for somebody else's system, so it writes its messages from plain templates and has its own MLLP end.
"""

from tabard.sandbox.census import Census
from tabard.sandbox.day import Day
from tabard.sandbox.delivery import Sent
from tabard.sandbox.errors import Inconsistent, Undelivered
from tabard.sandbox.events import Event, Kind, Stay
from tabard.sandbox.laboratory import (
    C_REACTIVE_PROTEIN,
    FULL_BLOOD_COUNT,
    LACTATE,
    PANELS,
    TROPONIN,
    UREA_AND_ELECTROLYTES,
    VITAL_SIGNS,
)
from tabard.sandbox.layout import Clinician, Layout, Place, Practice, Ward, st_elsewhere
from tabard.sandbox.lorenzo import PretendLorenzo
from tabard.sandbox.messages import render
from tabard.sandbox.people import People, Person

__all__ = [
    "C_REACTIVE_PROTEIN",
    "FULL_BLOOD_COUNT",
    "LACTATE",
    "PANELS",
    "TROPONIN",
    "UREA_AND_ELECTROLYTES",
    "VITAL_SIGNS",
    "Census",
    "Clinician",
    "Day",
    "Event",
    "Inconsistent",
    "Kind",
    "Layout",
    "People",
    "Person",
    "Place",
    "Practice",
    "PretendLorenzo",
    "Sent",
    "Stay",
    "Undelivered",
    "Ward",
    "render",
    "st_elsewhere",
]
