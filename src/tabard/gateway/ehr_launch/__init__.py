"""Opened from inside a record system: by a SMART launch, or by a signed context address. One patient, or nothing.

Source: SMART App Launch 2.2, "App Launch: EHR Launch", here as its client; the address is our own (`docs/decisions/0044`).
"""

from tabard.gateway.ehr_launch.address import Signed, canonical
from tabard.gateway.ehr_launch.context import ContextDoor
from tabard.gateway.ehr_launch.errors import NotOpened
from tabard.gateway.ehr_launch.model import Opening
from tabard.gateway.ehr_launch.ports import Charts, Whom
from tabard.gateway.ehr_launch.smart import SmartDoor

__all__ = ["Charts", "ContextDoor", "NotOpened", "Opening", "Signed", "SmartDoor", "Whom", "canonical"]
