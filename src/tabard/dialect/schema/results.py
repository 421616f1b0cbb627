"""Results and orders in a dialect: what OBR, OBX and ORC say in codes."""

from typing import Literal

import msgspec

from tabard.dialect.schema.base import CodeTable, Table

ObservationStatus = Literal[
    "registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown"
]
ReportStatus = Literal[
    "registered", "partial", "preliminary", "final", "amended", "corrected", "appended", "cancelled", "entered-in-error",
    "unknown",
]  # fmt: skip

OrderStatus = Literal["draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"]
Priority = Literal["routine", "urgent", "asap", "stat"]


class Results(Table, frozen=True):
    """What OBR and OBX say in codes."""

    observation_status: dict[str, ObservationStatus]
    """OBX-11 to Observation.status."""
    report_status: dict[str, ReportStatus]
    """OBR-25 to DiagnosticReport.status."""
    interpretation: CodeTable
    """OBX-8, the abnormal flags."""
    coding_systems: dict[str, str]
    """The third component of a coded value, to its system."""
    local_coding_system: str
    """The system of any other coded value; `{}` in it is replaced by that component."""
    order_system: str
    """The identifier system of orders; `{}` in it is replaced by the application that numbered them."""
    category: str = "laboratory"
    """The category of every result."""
    categories: dict[str, str] = msgspec.field(default_factory=dict)
    """The code of an order (OBR-4), to another category."""
    sections: dict[str, str] = msgspec.field(default_factory=dict)
    """The department (OBR-24, HL7 table 0074), to another category; the code of the order comes before it."""
    ucum: dict[str, str] = msgspec.field(default_factory=dict)
    """A unit as sent, to UCUM. A unit that is not here stays as it was sent, unless its sender names UCUM (OBX-6.3)."""


class Orders(Table, frozen=True):
    """What ORC says in codes, in a message that asks for something."""

    control: dict[str, OrderStatus]
    """ORC-1, what is to be done (HL7 table 0119), to ServiceRequest.status. One that ends or holds it is believed before ORC-5."""
    status: dict[str, OrderStatus] = msgspec.field(default_factory=dict)
    """ORC-5, how the order stands (HL7 table 0038), to ServiceRequest.status."""
    priorities: dict[str, Priority] = msgspec.field(default_factory=dict)
    """How urgent it is (TQ1-9, ORC-7.6, OBR-27.6 or OBR-5), to ServiceRequest.priority."""
