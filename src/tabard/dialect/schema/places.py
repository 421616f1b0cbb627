"""Places in a dialect: organisations, and the wards and beds of PV1-3."""

import msgspec

from tabard.dialect.schema.base import ComponentNumber, Table


class PackedPractice(Table, frozen=True):
    """The components of PD1-4 that tell the practice behind the GP's code, family and given name (1 to 3)."""

    code: ComponentNumber
    """The component with the practice's code."""
    name: ComponentNumber
    """The component with its name."""
    phone: ComponentNumber
    """The component with its phone number."""
    line: ComponentNumber
    """The component with the first line of its address."""
    town: ComponentNumber
    """The component whose second and third subcomponents are the town and the postal code."""


class Organizations(Table, frozen=True):
    """Hospitals and practices."""

    system: str
    """The identifier system of organisation codes."""
    is_sender_managing: bool = False
    """Whether MSH-4 names the hospital that manages the patient."""
    senders: dict[str, str] = msgspec.field(default_factory=dict)
    """MSH-4 to the code of the hospital, where it is no such code itself."""
    packed_practice: PackedPractice | None = None
    """Where PD1-4 holds the practice behind the GP."""


class Locations(Table, frozen=True):
    """Which component of PL (PV1-3) holds what."""

    ward: ComponentNumber
    """The component with the ward."""
    bed: ComponentNumber
    """The component with the bed."""
    facility: ComponentNumber
    """The component with the site."""
    system: str
    """The identifier system of places; `{}` in it is replaced by the facility, where there is one."""
    room: ComponentNumber | None = None
    """The component with the bay or room, where there is one."""
    is_facility_ods: bool = False
    """Whether the facility is an organisation code."""
    facilities: dict[str, str] = msgspec.field(default_factory=dict)
    """Facilities to organisation codes, where they are none themselves."""
