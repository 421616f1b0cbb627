"""Results in a dialect: what OBR and OBX say in codes."""

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
    ucum: dict[str, str] = msgspec.field(default_factory=dict)
    """A unit as sent, to UCUM."""
