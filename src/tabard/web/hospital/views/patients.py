"""A patient for the page: the banner that says who this is, and what the record says besides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import unquote

from tabard.fhir import Resource
from tabard.fhir.nhs_number import SYSTEM
from tabard.web.design.times import When, from_fhir
from tabard.web.hospital.views.ages import age
from tabard.web.hospital.views.fhir import codes, concept, id_of, source_text
from tabard.web.hospital.views.names import other_names, patient_name
from tabard.web.hospital.views.nhs_numbers import NhsNumber, nhs_number

_NOT_KNOWN = "not known"
_AUTHORITY = "urn:tabard:authority:"
"""How the shipped dialects write whose number a local one is."""
_HOSPITAL_TYPES = frozenset({"MR", "PI", "PT"})
_DATE_LENGTH = 10
_SEXES = {"male": "Male", "female": "Female", "other": "Other", "unknown": "Not known"}


@dataclass(frozen=True, slots=True)
class Born:
    """Date of birth, and the age on the day of the page or of death."""

    day: When
    age: str


@dataclass(frozen=True, slots=True)
class LocalNumber:
    """A hospital number: what it is called and what it is."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Banner:
    """Who a patient is. `survivor` is the id of the record that this one was merged into, empty when it was not."""

    id: str
    name: str
    born: Born
    died: When | None
    sex: str
    nhs_number: NhsNumber
    numbers: tuple[LocalNumber, ...]
    address: str
    survivor: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class Details:
    """What the record says of a patient besides the banner; an empty text is not known."""

    other_names: tuple[str, ...]
    telephone: tuple[str, ...]
    practice: str
    merged_in: tuple[str, ...]


def banner(patient: Resource, today: date) -> Banner:
    """The banner of a Patient."""
    died = patient.get("deceasedDateTime")
    return Banner(
        id=patient["id"],
        name=patient_name(patient.get("name", [])),
        born=_born(patient, today),
        died=from_fhir(died) if died else When("", "date not known") if patient.get("deceasedBoolean") else None,
        sex=_SEXES.get(patient.get("gender", ""), _NOT_KNOWN),
        nhs_number=nhs_number(patient),
        numbers=_numbers(patient),
        address=_address(patient),
        survivor=next(iter(_linked(patient, "replaced-by")), ""),
        is_active=patient.get("active", True),
    )


def details(patient: Resource) -> Details:
    """The rest of a Patient."""
    practices = [
        one.get("display") or one.get("identifier", {}).get("value", "")
        for one in patient.get("generalPractitioner", [])
    ]
    phones = (one.get("value", "") for one in patient.get("telecom", []) if one.get("system") in {"phone", "sms"})
    return Details(
        other_names=other_names(patient.get("name", [])),
        telephone=tuple(filter(None, phones)),
        practice="; ".join(filter(None, practices)),
        merged_in=_linked(patient, "replaces"),
    )


def _born(patient: Resource, today: date) -> Born:
    told = patient.get("birthDate", "")
    if not told:
        sent = source_text(patient.get("_birthDate"))
        return Born(When("", f"not readable, sent as “{sent}”" if sent else _NOT_KNOWN), "")
    until = (patient.get("deceasedDateTime") or today.isoformat())[:_DATE_LENGTH]
    try:
        shown = age(date.fromisoformat(told), date.fromisoformat(until))
    except ValueError:  # a year alone, or a month: no age is better than a guessed one
        shown = ""
    return Born(from_fhir(told), shown)


def _numbers(patient: Resource) -> tuple[LocalNumber, ...]:
    local = (one for one in patient.get("identifier", []) if one.get("system") != SYSTEM and one.get("value"))
    return tuple(LocalNumber(_label(one), str(one["value"])) for one in local)


def _label(identifier: Mapping[str, Any]) -> str:
    """`Hospital number` for a medical record number, else what the record calls it; and whose number it is, where known."""
    told = identifier.get("type")
    is_hospital_number = not told or not _HOSPITAL_TYPES.isdisjoint(codes(told))
    system = str(identifier.get("system", ""))
    authority = unquote(system.removeprefix(_AUTHORITY)) if system.startswith(_AUTHORITY) else ""
    assigner = identifier.get("assigner", {}).get("display", "") or authority
    named = "Hospital number" if is_hospital_number else concept(told)
    return f"{named} ({assigner})" if assigner else named


def _address(patient: Resource) -> str:
    """The home address, else the first that is not a former one."""
    present = [one for one in patient.get("address", []) if one.get("use") != "old"]
    if not present:
        return ""
    held = min(present, key=lambda one: one.get("use") != "home")
    parts = [*held.get("line", []), held.get("city", ""), held.get("district", ""), held.get("postalCode", "")]
    return ", ".join(filter(None, parts)) or str(held.get("text", ""))


def _linked(patient: Resource, type_: str) -> tuple[str, ...]:
    return tuple(id_of(one.get("other")) for one in patient.get("link", []) if one.get("type") == type_)
