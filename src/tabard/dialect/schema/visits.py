"""Visits in a dialect: the visit number, and what PV1 says in codes."""

from typing import Literal

import msgspec

from tabard.dialect.schema.base import CodeTable, ComponentNumber, FieldPlace, Table

VisitStatus = Literal["planned", "in-progress", "finished"]


class VisitNumber(Table, frozen=True):
    """Another number of the visit."""

    field: FieldPlace
    """The field that it stands in."""
    type: str
    """Its code of HL7 table 0203."""


class Visits(Table, frozen=True):
    """The visit number, and what PV1 says in codes."""

    number: FieldPlace
    """The field with the number that a visit is known by."""
    authority: ComponentNumber
    """The component that says whose number it is."""
    system: str
    """The identifier system of visit numbers; `{}` in it is replaced by the authority."""
    classes: CodeTable
    """PV1-2, the patient's class."""
    unmapped_class_system: str
    """The system of a class that `classes` does not know."""
    participants: dict[FieldPlace, str]
    """XCN fields to codes of v3-ParticipationType."""
    admission_method: CodeTable
    """PV1-4."""
    admit_source: CodeTable
    """PV1-14."""
    discharge_method: CodeTable
    """PV1-36."""
    discharge_destination: CodeTable
    """PV1-37."""
    service_type: CodeTable
    """PV1-10, the specialty."""
    planned_classes: tuple[str, ...] = ()
    """The classes of PV1-2 of visits that have not begun."""
    type: ComponentNumber | None = None
    """The component that says whose number it is where the authority is empty."""
    others: tuple[VisitNumber, ...] = ()
    """Numbers that the visit has besides; it is not found by them."""
    account_status: dict[str, VisitStatus] = msgspec.field(default_factory=dict)
    """PV1-41 to what it says of the visit. Source: HL7 table 0117."""
