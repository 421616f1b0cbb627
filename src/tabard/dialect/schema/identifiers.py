"""Identifiers in a dialect: where a patient's numbers stand, and which one is the NHS number."""

import msgspec

from tabard.dialect.schema.base import CodeTable, FieldPlace, Table


class IdentifierRule(Table, frozen=True):
    """A number is an NHS number when all that is named here agrees."""

    authority: str | None = None
    """CX-4: the assigning authority, by its name, or its OID where it has none."""
    type: str | None = None
    """CX-5: the identifier type code."""
    field: FieldPlace | None = None
    """The field that it stands in."""


class Identifiers(Table, frozen=True):
    """Where patient identifiers are, and which one is the NHS number."""

    fields: tuple[FieldPlace, ...]
    """The fields that hold the patient's numbers."""
    nhs_number: tuple[IdentifierRule, ...]
    """What marks an NHS number; one rule that agrees is enough."""
    local_system: str
    """The identifier system of a local number; `{}` in it is replaced by its assigning authority."""
    systems: dict[str, str] = msgspec.field(default_factory=dict)
    """Systems by authority, where one is agreed."""
    types: dict[str, str] = msgspec.field(default_factory=dict)
    """CX-5 to a code of HL7 table 0203; MR where it is not listed."""
    written: dict[str, str] = msgspec.field(default_factory=dict)
    """The authority of a number, to the CX-5 that is written with it; without it the first of `types` that means the same."""
    unlabelled_authority: str | None = None
    """The authority of numbers that come without one. Without this they find no patient."""
    placeholders: tuple[str, ...] = ()
    """NHS numbers that pass the check and belong to nobody."""
    status_field: FieldPlace = "PID-32"
    """The field with the verification status of the NHS number."""
    status: dict[str, str] = msgspec.field(default_factory=dict)
    """How the sender says the verification status, to the code of `status_codes`."""
    status_codes: CodeTable | None = None
    """The verification statuses."""
