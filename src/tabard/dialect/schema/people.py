"""People in a dialect: the patient's names, addresses, phones and codes, and the doctors."""

from typing import Literal

import msgspec

from tabard.dialect.schema.base import CodeTable, ComponentNumber, FieldPlace, Table

Gender = Literal["male", "female", "other", "unknown"]
NameUse = Literal["usual", "official", "temp", "nickname", "anonymous", "old", "maiden"]
AddressUse = Literal["home", "work", "temp", "old", "billing"]
AddressType = Literal["postal", "physical", "both"]
TelecomUse = Literal["home", "work", "temp", "old", "mobile"]
TelecomSystem = Literal["phone", "fax", "email", "pager", "url", "sms", "other"]


class Names(Table, frozen=True):
    """The patient's names."""

    uses: dict[str, NameUse]
    """XPN-7 to Name.use."""
    fields: tuple[FieldPlace, ...] = ("PID-5",)
    """The fields of PID with names."""


class Addresses(Table, frozen=True):
    """Which component of XAD holds what."""

    line: tuple[ComponentNumber, ...] = (1, 2)
    """The components that are lines of the address, in order."""
    city: ComponentNumber = 3
    """The component with the town."""
    district: ComponentNumber = 4
    """The component with the county."""
    postal_code: ComponentNumber = 5
    """The component with the postcode."""
    country: ComponentNumber = 6
    """The component with the country."""
    kind: ComponentNumber = 7
    """The component that `uses` and `types` are looked up by."""
    uses: dict[str, AddressUse] = msgspec.field(default_factory=dict)
    """XAD-7 to Address.use."""
    types: dict[str, AddressType] = msgspec.field(default_factory=dict)
    """XAD-7 to Address.type."""


class Telecoms(Table, frozen=True):
    """Phone numbers and other ways to reach somebody."""

    fields: dict[FieldPlace, TelecomUse]
    """The fields with numbers, and what each is for."""
    uses: dict[str, TelecomUse] = msgspec.field(default_factory=dict)
    """XTN-2 to ContactPoint.use."""
    systems: dict[str, TelecomSystem] = msgspec.field(default_factory=dict)
    """XTN-3 to ContactPoint.system."""
    placeholders: tuple[str, ...] = ()
    """Numbers that a sender writes where there is none."""
    is_use_told: bool = False
    """Whether XTN-2 says the use wherever the sender knows it: a number without it has none, whatever its field is for."""


class Person(Table, frozen=True):
    """The patient's own codes."""

    sex: dict[str, Gender]
    """PID-8 to Patient.gender."""
    marital_status: CodeTable
    """PID-16."""
    ethnic_category: CodeTable
    """PID-22."""
    yes: tuple[str, ...] = ("Y",)
    """The sender's words for yes."""
    no: tuple[str, ...] = ("N",)
    """The sender's words for no."""
    has_birth_time: bool = False
    """Whether the time in PID-7 is meant: many senders pad a date with zeros."""
    religion: CodeTable | None = None
    """PID-17."""
    language: CodeTable | None = None
    """PID-15, the language to speak with the patient in."""
    nationality: CodeTable | None = None
    """PID-28, and PID-26 (citizenship)."""


class Contacts(Table, frozen=True):
    """The next of kin and other people to turn to (NK1)."""

    relationship: CodeTable
    """NK1-3: what they are to the patient."""
    role: CodeTable
    """NK1-7: what to turn to them for."""
    words: dict[str, str] = msgspec.field(default_factory=dict)
    """What the sender's own codes mean that neither table has a code for: kept as text."""


class Privacy(Table, frozen=True):
    """What says that somebody must not be found: where they live, how they are reached, and who is near to them."""

    patient: tuple[FieldPlace, ...] = ()
    """The fields that say it of the patient, such as "ZU8-4"."""
    visit: tuple[FieldPlace, ...] = ()
    """The fields that say it of the visit, such as "PV2-22"."""
    hidden: tuple[str, ...] = ("Y",)
    """The sender's words for it. A word that is in neither list hides too, and is flagged."""
    open: tuple[str, ...] = ("N",)
    """The sender's words for there being nothing to hide."""


class PractitionerRule(Table, frozen=True):
    """A doctor's code belongs to `system` when all that is named here agrees."""

    system: str
    """The identifier system of such a code."""
    pattern: str | None = None
    """A pattern: the whole shape of the code."""
    authority: str | None = None
    """XCN-9: the assigning authority."""
    type: str | None = None
    """XCN-13: the identifier type code."""


class Practitioners(Table, frozen=True):
    """Which doctor's code is of which system.

    Any other is a local one, told apart by its authority (XCN-9), or its type (XCN-13) where it has none.
    """

    identifiers: tuple[PractitionerRule, ...]
    """The rules, the best code to know a doctor by first."""
    local_system: str
    """The system of any other code; `{}` in it is replaced by its authority, or its type."""
    is_one_person: bool = False
    """Whether repeats of one family and given name, and no other title, are one doctor with several codes."""
