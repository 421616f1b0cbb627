"""Appointments in a dialect: what SCH and the AI segments say in codes. Source: HL7 v2.4, chapter 10; tables 0276 to 0278."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tabard.dialect.schema.base import Table

AppointmentStatus = Literal[
    "proposed", "pending", "booked", "arrived", "fulfilled", "cancelled", "noshow", "entered-in-error", "checked-in",
    "waitlist",
]  # fmt: skip
ParticipantStatus = Literal["accepted", "declined", "tentative", "needs-action"]
ActorType = Literal["Practitioner", "Location", "Device", "HealthcareService"]
Minutes = Annotated[int, Meta(ge=1, le=10080)]


class Scheduling(Table, frozen=True):
    """What a message about an appointment says in codes."""

    system: str
    """The identifier system of appointments; `{}` in it is replaced by the application that numbered them."""
    triggers: dict[str, AppointmentStatus]
    """The trigger (MSH-9.2), such as `S12`, to what the appointment then is. One that ends it is believed before SCH-25."""
    status: dict[str, AppointmentStatus]
    """SCH-25, the filler's status, to Appointment.status."""
    participation: dict[str, ParticipantStatus] = msgspec.field(default_factory=dict)
    """The filler's status of a service, person, place or thing (AIS-10, AIP-12, AIL-12, AIG-14), to what it said."""
    resource_types: dict[str, ActorType] = msgspec.field(default_factory=dict)
    """What a general resource is (AIG-4), to a type of FHIR."""
    duration_units: dict[str, Minutes] = msgspec.field(default_factory=dict)
    """A unit of a duration (SCH-10), in minutes; a duration without a unit is in minutes."""
