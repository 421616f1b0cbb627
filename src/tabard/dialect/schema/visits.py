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


class VisitField(Table, frozen=True):
    """A field that FHIR has no element for: it becomes an extension of the Encounter."""

    url: str
    """The extension's URL."""
    kind: Literal["moment", "code", "text"] = "code"
    """What it holds: a time, a code of `codes`, or words."""
    codes: CodeTable | None = None
    """What the sender's codes mean."""


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
    patient_type: CodeTable | None = None
    """PV1-18, the type of the patient."""
    readmission: CodeTable | None = None
    """PV1-13."""
    arrangements: CodeTable | None = None
    """PV1-15, what to be ready for, such as a wheelchair."""
    extensions: dict[FieldPlace, VisitField] = msgspec.field(default_factory=dict)
    """Further fields, of PV2 and of Z segments, and the extension that each becomes."""
    may_move_all: bool = False
    """Whether a move of visits that names no visit (MRG-5) means every visit of the patient in MRG-1; else it is parked."""
    account_status: dict[str, VisitStatus] = msgspec.field(default_factory=dict)
    """PV1-41 to what it says of the visit. Source: HL7 table 0117."""
