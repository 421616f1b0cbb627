"""Values that stand in fields: times, codes, numbers of things, people, as HL7 v2 writes them."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from tabard.dialect.schema import Dialect
from tabard.dialect.writing.errors import Unsayable
from tabard.dialect.writing.reverse import owner_of, system_name
from tabard.fhir.json import Resource
from tabard.hl7v2 import FieldValue

_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)
_CODINGS = 2
"""A coded value holds a code, and one that says the same in another system."""


def moment(dialect: Dialect, text: str, place: str) -> str:
    """A FHIR date, dateTime or instant as a TS in the record system's zone.

    An offset is written only where the local time happens twice and the later one is meant. Raises Unsayable where it is none.
    """
    if _DATE.fullmatch(text):
        return text.replace("-", "")
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Unsayable(
            place, "A time cannot be written.", expected="a FHIR date, or a dateTime with its offset", remedy="Mend it."
        )
    return timestamp(dialect, at)


def timestamp(dialect: Dialect, at: datetime) -> str:
    """An aware moment as a TS in the record system's zone."""
    local = at.astimezone(ZoneInfo(dialect.time_zone))
    told = local.strftime("%Y%m%d%H%M%S") + (f".{local.microsecond // 1000:03d}" if local.microsecond else "")
    return told + (local.strftime("%z") if local.fold else "")


def coded(dialect: Dialect, concept: Resource, place: str) -> tuple[str, ...]:
    """A CodeableConcept as a CE, or as a CWE where its text or versions need one.

    Codes of systems that the record system has no name for are left out where another code or a text says the same to a
    person. Raises Unsayable where nothing is left.
    """
    told = [
        (name, one)
        for one in concept.get("coding", ())
        if "code" in one and (name := system_name(dialect, one.get("system"))) is not None
    ]
    text = concept.get("text", "")
    if not told and (concept.get("coding") or not text):
        raise Unsayable(
            place,
            "A code is of a system that the record system has no name for.",
            expected=f"a code of one of {', '.join(sorted(set(dialect.results.coding_systems.values())))}",
            remedy="Name the system under [results.coding_systems] in the dialect, or do not send it.",
        )
    if not told:
        return ("", text)
    parts = [part for name, one in told[:_CODINGS] for part in (one["code"], one.get("display", ""), name)]
    versions = [one.get("version", "") for _, one in told[:_CODINGS]]
    parts += [""] * (6 - len(parts))
    read_as = next((display for display in (parts[1], parts[4]) if display), "")
    return (*parts, *versions, *[""] * (_CODINGS - len(versions)), text if text != read_as else "")


def number(template: str, identifier: Resource, place: str) -> tuple[str, str]:
    """An identifier as an EI: its value, and the application it is of. Raises Unsayable where its system is of none."""
    owner = owner_of(template, identifier.get("system", ""))
    if owner is None or not identifier.get("value"):
        raise Unsayable(
            place,
            "A number is of a system that the record system does not know.",
            expected=f"an identifier of a system such as {template}",
            remedy="Give the resource a number of its own in that system.",
        )
    return identifier["value"], owner


def doctor(dialect: Dialect, reference: Resource, resource: Resource | None) -> tuple[str, ...] | None:
    """A practitioner as an XCN: by the first number that the dialect knows, and by name; None where neither is told."""
    name: Resource = next(iter((resource or {}).get("name", ())), {})
    named = name_components(name) if name else (reference.get("display", ""), "", "", "", "")
    for identifier in [
        *(resource or {}).get("identifier", ()),
        *([reference["identifier"]] if "identifier" in reference else []),
    ]:
        found = _doctor_number(dialect, identifier)
        if found is not None:
            code, authority, kind = found
            return (code, *named, "", "", authority, "", "", "", kind)
    return ("", *named) if any(named) else None


def name_components(name: Resource) -> tuple[str, str, str, str, str]:
    """Family, given, middle, suffix and prefix, as XPN and XCN have them."""
    given: Sequence[str] = name.get("given", ())
    return (
        name.get("family", ""),
        given[0] if given else "",
        " ".join(given[1:]),
        " ".join(name.get("suffix", ())),
        " ".join(name.get("prefix", ())),
    )


def _doctor_number(dialect: Dialect, identifier: Resource) -> tuple[str, str, str] | None:
    """The code, its authority (XCN-9) and its type (XCN-13), so that they are read as the same identifier."""
    system, value = identifier.get("system"), identifier.get("value", "")
    rules = dialect.practitioners
    for rule in rules.identifiers:
        fits = rule.pattern is None or re.fullmatch(rule.pattern, value)
        if rule.system == system and value and fits:
            return value, rule.authority or "", rule.type or ""
    owner = owner_of(rules.local_system, system or "")
    return None if owner is None or not value else (value, owner, "")


def repeated(values: Iterable[FieldValue]) -> FieldValue:
    """Values as the repetitions of a field."""
    told = [value for value in values if value and not isinstance(value, list)]
    return list(told) if len(told) > 1 else next(iter(told), None)
