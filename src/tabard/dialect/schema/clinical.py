"""What is said of a patient's health in a dialect: allergies, diagnoses and procedures."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tabard.dialect.schema.base import Table

FieldNumber = Annotated[int, Meta(ge=1, le=99)]
"""A field of a segment, counted from 1."""

AllergyCategory = Literal["food", "medication", "environment", "biologic"]
Severity = Literal["mild", "moderate", "severe"]
Verification = Literal["unconfirmed", "provisional", "differential", "confirmed", "refuted", "entered-in-error"]


class Allergies(Table, frozen=True):
    """The segment with allergies, and which of its fields holds what. Source of the defaults: HL7 v2.4, 3.4.6 "AL1"."""

    segment: Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9]{2}$")] = "AL1"
    """The segment, such as "ZAL"."""
    kind: FieldNumber = 2
    """The field with the kind of what is not borne."""
    code: FieldNumber = 3
    """The field with what is not borne."""
    severity: FieldNumber | None = 4
    """The field with how bad it was."""
    reaction: FieldNumber | None = 5
    """The field with what happened; it may repeat."""
    since: FieldNumber | None = 6
    """The field with when it was found."""
    categories: dict[str, AllergyCategory] = msgspec.field(default_factory=dict)
    """The kind to AllergyIntolerance.category. Source: HL7 table 0127."""
    severities: dict[str, Severity] = msgspec.field(default_factory=dict)
    """How bad it was to AllergyIntolerance.reaction.severity. Source: HL7 table 0128."""


class Clinical(Table, frozen=True):
    """What ADT messages say of the patient's health."""

    allergies: Allergies = Allergies()
    diagnosis_types: dict[str, Verification] = msgspec.field(default_factory=dict)
    """DG1-6 to Condition.verificationStatus. Source: HL7 table 0052."""
    coding_methods: dict[str, str] = msgspec.field(default_factory=dict)
    """DG1-2 and PR1-2, to the system of a code that comes without one."""
