"""The schema of a dialect: one site's habits in HL7 v2, as data.

Every table below is a table of the TOML file. Keys on the left are the sender's words, on the right the standard's.
A key that is not known is refused: a habit mistyped must not be a habit unobserved.
"""

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tabard.dialect.model import Event

FieldPlace = Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9]{2}-[1-9][0-9]?$")]
"""A field by the standard's name, such as "PID-3"."""

ComponentNumber = Annotated[int, Meta(ge=1, le=30)]

Gender = Literal["male", "female", "other", "unknown"]
NameUse = Literal["usual", "official", "temp", "nickname", "anonymous", "old", "maiden"]
AddressUse = Literal["home", "work", "temp", "old", "billing"]
AddressType = Literal["postal", "physical", "both"]
TelecomUse = Literal["home", "work", "temp", "old", "mobile"]
TelecomSystem = Literal["phone", "fax", "email", "pager", "url", "sms", "other"]
VisitStatus = Literal["planned", "in-progress", "finished"]
ObservationStatus = Literal[
    "registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown"
]
ReportStatus = Literal[
    "registered", "partial", "preliminary", "final", "amended", "corrected", "appended", "cancelled", "entered-in-error",
    "unknown",
]  # fmt: skip


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A schema's base."""


class CodeTable(Table, frozen=True):
    """Codes of `system`: those with a display here, and those only known; `codes` turns a sender's own into the system's."""

    system: str
    display: dict[str, str] = {}
    known: tuple[str, ...] = ()
    codes: dict[str, str] = {}
    unmapped: tuple[str, ...] = ()
    """The sender's words for which the system has no code: kept as text, and nothing to look at."""
    is_open: bool = False
    """Whether a code that is not listed here is taken as one of the system all the same."""
    shape: str | None = None
    """The whole shape that such a code must have; any other word is text."""


class IdentifierRule(Table, frozen=True):
    """An identifier is an NHS number when what is named here agrees: CX-4 authority, CX-5 type, or the field it is in."""

    authority: str | None = None
    type: str | None = None
    field: FieldPlace | None = None


class Identifiers(Table, frozen=True):
    """Where patient identifiers are, and which one is the NHS number."""

    fields: tuple[FieldPlace, ...]
    nhs_number: tuple[IdentifierRule, ...]
    local_system: str
    """The identifier system of a local number; `{}` in it is replaced by its assigning authority."""
    systems: dict[str, str] = {}
    """Systems by authority, where one is agreed."""
    types: dict[str, str] = {}
    """CX-5 to a code of HL7 table 0203; MR where it is not listed."""
    unlabelled_authority: str | None = None
    """The authority of numbers that come without one. Without this they find no patient."""
    placeholders: tuple[str, ...] = ()
    """NHS numbers that pass the check and belong to nobody."""
    status_field: FieldPlace = "PID-32"
    status: dict[str, str] = {}
    """How the sender says the verification status, to the code of `status_codes`."""
    status_codes: CodeTable | None = None


class Names(Table, frozen=True):
    """The fields of PID with names, and XPN-7 to Name.use."""

    uses: dict[str, NameUse]
    fields: tuple[FieldPlace, ...] = ("PID-5",)


class Addresses(Table, frozen=True):
    """Which component of XAD holds what, and XAD-7 to Address.use and Address.type."""

    line: tuple[ComponentNumber, ...] = (1, 2)
    city: ComponentNumber = 3
    district: ComponentNumber = 4
    postal_code: ComponentNumber = 5
    country: ComponentNumber = 6
    kind: ComponentNumber = 7
    uses: dict[str, AddressUse] = {}
    types: dict[str, AddressType] = {}


class Telecoms(Table, frozen=True):
    """Fields with numbers and their use, XTN-2 to use, XTN-3 to system."""

    fields: dict[FieldPlace, TelecomUse]
    uses: dict[str, TelecomUse] = {}
    systems: dict[str, TelecomSystem] = {}
    placeholders: tuple[str, ...] = ()
    """Numbers that a sender writes where there is none."""
    is_use_told: bool = False
    """Whether XTN-2 says the use wherever the sender knows it: a number without it has none, whatever its field is for."""


class Person(Table, frozen=True):
    """The patient's own codes."""

    sex: dict[str, Gender]
    marital_status: CodeTable
    ethnic_category: CodeTable
    yes: tuple[str, ...] = ("Y",)
    no: tuple[str, ...] = ("N",)
    has_birth_time: bool = False
    """Whether the time in PID-7 is meant: many senders pad a date with zeros."""


class PractitionerRule(Table, frozen=True):
    """A code belongs to this system when what is named here agrees: its whole shape, its authority (XCN-9), its type (XCN-13)."""

    system: str
    pattern: str | None = None
    authority: str | None = None
    type: str | None = None


class Practitioners(Table, frozen=True):
    """Which doctor's code is of which system, the best to know a doctor by first.

    Any other is a local one, told apart by its authority (XCN-9), or its type (XCN-13) where it has none.
    """

    identifiers: tuple[PractitionerRule, ...]
    local_system: str
    is_one_person: bool = False
    """Whether repeats of one family and given name, and no other title, are one doctor with several codes."""


class PackedPractice(Table, frozen=True):
    """The components of PD1-4 that tell the practice behind the GP's code, family and given name (1 to 3)."""

    code: ComponentNumber
    name: ComponentNumber
    phone: ComponentNumber
    line: ComponentNumber
    town: ComponentNumber
    """The component whose second and third subcomponents are the town and the postal code."""


class Organizations(Table, frozen=True):
    """The identifier system of organisation codes, and whether MSH-4 names the hospital by one."""

    system: str
    is_sender_managing: bool = False
    senders: dict[str, str] = {}
    """MSH-4 to the code of the hospital, where it is no such code itself."""
    packed_practice: PackedPractice | None = None


class Locations(Table, frozen=True):
    """Which component of PL (PV1-3) holds what. `{}` in `system` is replaced by the facility, where there is one."""

    ward: ComponentNumber
    bed: ComponentNumber
    facility: ComponentNumber
    system: str
    room: ComponentNumber | None = None
    is_facility_ods: bool = False
    facilities: dict[str, str] = {}
    """Facilities to organisation codes, where they are none themselves."""


class VisitNumber(Table, frozen=True):
    """Another number of the visit, and its code of HL7 table 0203."""

    field: FieldPlace
    type: str


class Visits(Table, frozen=True):
    """The visit number, and what PV1 says in codes."""

    number: FieldPlace
    """The one that a visit is known by."""
    authority: ComponentNumber
    """The component that says whose number it is."""
    system: str
    classes: CodeTable
    unmapped_class_system: str
    participants: dict[FieldPlace, str]
    """XCN fields to codes of v3-ParticipationType."""
    admission_method: CodeTable
    admit_source: CodeTable
    discharge_method: CodeTable
    discharge_destination: CodeTable
    service_type: CodeTable
    planned_classes: tuple[str, ...] = ()
    type: ComponentNumber | None = None
    """The component that says it where the authority is empty."""
    others: tuple[VisitNumber, ...] = ()
    """Numbers that the visit has besides; it is not found by them."""
    account_status: dict[str, VisitStatus] = {}
    """PV1-41 to what it says of the visit. Source: HL7 table 0117."""


class Results(Table, frozen=True):
    """What OBR and OBX say in codes."""

    observation_status: dict[str, ObservationStatus]
    report_status: dict[str, ReportStatus]
    interpretation: CodeTable
    coding_systems: dict[str, str]
    """The third component of a coded value, to its system."""
    local_coding_system: str
    order_system: str
    category: str = "laboratory"
    categories: dict[str, str] = {}
    """The code of an order (OBR-4), to another category."""
    ucum: dict[str, str] = {}
    """A unit as sent, to UCUM."""


class Dialect(Table, frozen=True):
    """How one site speaks HL7 v2."""

    name: str
    title: str
    source: str
    versions: tuple[str, ...]
    """MSH-12 as this dialect knows it; another version is another dialect."""
    time_zone: str
    """Where times without an offset are meant. A local time that happens twice is the first (summer time)."""
    null: Literal["clears", "ignored"]
    """Whether `""` empties the old value, or is a habit that says nothing."""
    events: dict[str, Event]
    noted_segments: tuple[str, ...]
    """Segments that this version leaves out and says so in a flag; any other unread one is passed over in silence."""
    identifiers: Identifiers
    names: Names
    addresses: Addresses
    telecoms: Telecoms
    person: Person
    practitioners: Practitioners
    organizations: Organizations
    locations: Locations
    visits: Visits
    results: Results
    is_told_by_display: bool = False
    """Whether the sender writes words for people where codes belong: letters' case says nothing, a display is its code."""
    unresolved: str | None = None
    """The whole shape of a component in which the sender left a reference to its own code sets: it says nothing."""

    def __repr__(self) -> str:
        return f"<Dialect {self.name}>"


def code_tables(dialect: Dialect) -> Iterator[tuple[str, CodeTable]]:
    """Every code table of a dialect below one of its tables, by its key in the file, such as "person.marital_status"."""
    for key in ("identifiers", "person", "visits", "results"):
        table = getattr(dialect, key)
        for name in table.__struct_fields__:
            if isinstance(value := getattr(table, name), CodeTable):
                yield f"{key}.{name}", value
