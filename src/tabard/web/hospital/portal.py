"""What the portal's pages work with: named once, by the wiring."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tabard.gateway.egress import Approvals
from tabard.gateway.ehr_launch import ContextDoor, SmartDoor
from tabard.gateway.glass import Glasses
from tabard.gateway.sign_in import SignIn
from tabard.ground.time import Clock
from tabard.hospital import Hospital
from tabard.web.design.desk import Desk
from tabard.web.hospital.ports import (
    Advice,
    Audits,
    Consenting,
    Dialects,
    Doubts,
    Inspects,
    Journal,
    KeptHere,
    Launcher,
    Links,
    Records,
    Waits,
    Writes,
)


@dataclass(frozen=True, slots=True)
class Portal:
    """One hospital's portal and the doors that it goes through."""

    hospital: Hospital
    records: Records
    launcher: Launcher
    links: Links
    journal: Journal
    inspection: Inspects
    dialects: Dialects
    doubts: Doubts
    clock: Clock
    writes: Writes | None = None
    """Where a link takes what products write."""
    kept: KeptHere | None = None
    """What products keep here."""
    waits: Waits | None = None
    """About whom messages are held."""
    advice: Advice | None = None
    """The advice of products, where any gives it."""
    sign_in: SignIn | None = None
    """Where people sign in by the hospital's own identity provider; None for the embedded accounts."""
    launches: Mapping[str, SmartDoor] = field(default_factory=dict)
    """By which links a SMART launch of the record system opens us."""
    contexts: Mapping[str, ContextDoor] = field(default_factory=dict)
    """By which links a signed context address does."""
    glass: Glasses | None = None
    """Where the glass is broken, and breaks are reviewed."""
    egress: Approvals | None = None
    """Which hosts outside products may call."""
    auditing: Audits | None = None
    """Where the audit is looked at."""
    consenting: Consenting | None = None
    """Where apps wait for a person's word."""

    @property
    def desk(self) -> Desk:
        """Where people sign in."""
        here = self.hospital
        return Desk(here.settings.base_url, here.accounts, here.sessions, here.throttle, here.seals)
