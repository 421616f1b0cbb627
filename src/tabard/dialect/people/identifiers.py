"""Identifiers: which of a patient's numbers is the NHS number, which are local, and which may be used to find the patient.

An NHS number that fails its check is kept, marked and flagged; it never finds anybody. So is a placeholder, and so are two
different NHS numbers in one message. One that is told to be anything but verified is kept, and finds nobody either.
Source: ITK HL7 v2 Message Specifications, PID-3 and PID-32; UK Core, Patient.identifier.
"""

from collections.abc import Iterator

import msgspec

from tabard.dialect.codes import filled
from tabard.dialect.extensions import FAILED_CHECK, UK_CORE, extension
from tabard.dialect.parts import repetitions_of
from tabard.dialect.places import place_of
from tabard.dialect.reading import Reading
from tabard.dialect.schema import IdentifierRule, Identifiers
from tabard.fhir import nhs_number
from tabard.fhir.json import Resource
from tabard.hl7v2 import Segment

_TYPES = "http://terminology.hl7.org/CodeSystem/v2-0203"
_AUTHORITY, _EXTERNAL = 4, 2
_VERIFIED = "01"
"""Source: UK Core, CodeSystem UKCore-NHSNumberVerificationStatusEngland."""


class Known(msgspec.Struct, frozen=True):
    """The identifiers for the resource, and those of them that may find the patient."""

    identifiers: tuple[Resource, ...]
    local: tuple[tuple[str, str], ...]
    nhs_number: str | None


class _Number(msgspec.Struct, frozen=True, gc=False):
    """One number as sent: its value, whose it is, its type, and the field it came in."""

    value: str
    authority: str
    type: str
    field: str


def read_identifiers(reading: Reading, segment: Segment, places: tuple[str, ...]) -> Known:
    """The identifiers in the given fields of the segment, each once."""
    rules = reading.dialect.identifiers
    identifiers: dict[tuple[str | None, str], Resource] = {}
    has_nhs = False
    for number in _numbers(reading, segment, places):
        told = _told(reading, rules, number)
        system = told.get("system")
        has_nhs = has_nhs or system == nhs_number.SYSTEM
        identifiers.setdefault((system, told["value"]), told)
    codes = _statuses(reading, segment) if has_nhs else set()
    told_all = tuple(identifiers.values())
    only = _only_nhs_number(reading, told_all, places[0])
    if status := _status(reading, codes):
        told_all = tuple([_with_status(one, status) for one in told_all])
    local, is_verified = _findable(identifiers), codes <= {_VERIFIED}
    if only and not local and not is_verified:
        reading.flag("unverified-nhs-number", places[0], "a number of the hospital's own beside it, or a verified one")
    return Known(told_all, local, only if is_verified else None)


def check_external(reading: Reading, pid: Segment, known: Known) -> None:
    """Flag a number in PID-2 that is not among the patient's numbers: it is of somebody else, or out of use. It is not read."""
    field = pid.field(_EXTERNAL)
    if not field.raw:
        return
    numbers = {one["value"] for one in known.identifiers}
    if any(parts.part(1) not in numbers for parts in repetitions_of(field) if parts.part(1)):
        reading.flag("contradiction", "PID-2", "a number that stands among the patient's numbers too, or nothing")


def _numbers(reading: Reading, segment: Segment, places: tuple[str, ...]) -> Iterator[_Number]:
    for place in places:
        name, n = place_of(place)
        if name != segment.name:
            continue
        for parts in repetitions_of(segment.field(n), hd=_AUTHORITY):
            value, _, _, authority, kind = parts.upto(5)
            if value:
                owner = authority or reading.dialect.identifiers.unlabelled_authority or ""
                yield _Number(value, owner, kind, place)


def _told(reading: Reading, rules: Identifiers, number: _Number) -> Resource:
    for rule in rules.nhs_number:
        if _agrees(rule, number):
            return _nhs(reading, number)
    return _local(reading, number)


def _agrees(rule: IdentifierRule, number: _Number) -> bool:
    return (
        (rule.authority is None or rule.authority == number.authority)
        and (rule.type is None or rule.type == number.type)
        and (rule.field is None or rule.field == number.field)
    )


def _nhs(reading: Reading, number: _Number) -> Resource:
    told: Resource = {"system": nhs_number.SYSTEM, "value": number.value}
    if number.value in reading.dialect.identifiers.placeholders:
        reading.flag("placeholder-nhs-number", number.field, "an NHS number that belongs to somebody")
    elif not nhs_number.is_valid(number.value):
        reading.flag("bad-nhs-number", number.field, "ten digits whose last is the modulus 11 check digit")
    else:
        return told
    return {"extension": [extension(FAILED_CHECK, valueBoolean=True)], **told}


def _local(reading: Reading, number: _Number) -> Resource:
    rules = reading.dialect.identifiers
    kind = {"coding": [{"system": _TYPES, "code": rules.types.get(number.type, "MR")}]}
    if not number.authority:
        reading.flag("no-authority", number.field, "an identifier with its assigning authority")
        return {"type": kind, "value": number.value}
    return {"type": kind, "system": _system(rules, number.authority), "value": number.value}


def _system(rules: Identifiers, authority: str) -> str:
    return rules.systems.get(authority) or filled(rules.local_system, authority)


def _findable(identifiers: dict[tuple[str | None, str], Resource]) -> tuple[tuple[str, str], ...]:
    return tuple([(system, value) for system, value in identifiers if system and system != nhs_number.SYSTEM])


def _only_nhs_number(reading: Reading, identifiers: tuple[Resource, ...], place: str) -> str | None:
    passing = [
        one["value"]
        for one in identifiers
        if one.get("system") == nhs_number.SYSTEM
        and FAILED_CHECK not in [told["url"] for told in one.get("extension", ())]
    ]
    if len(passing) > 1:
        reading.flag("several-nhs-numbers", place, "at most one NHS number")
    return passing[0] if len(passing) == 1 else None


def _statuses(reading: Reading, segment: Segment) -> set[str]:
    """The codes of the verification status; PID-32 repeats, and holds at most one of these among others."""
    rules = reading.dialect.identifiers
    name, n = place_of(rules.status_field)
    if rules.status_codes is None or name != segment.name:
        return set()
    field = segment.field(n)
    if not field.raw:
        return set()
    if field.raw in rules.status:  # one word and nothing else
        return {rules.status[field.raw]}
    words = [reading.word(parts.part(1)) for parts in repetitions_of(field)]
    codes = {rules.status[word] for word in words if word in rules.status}
    if len(codes) > 1:
        reading.flag("several-nhs-number-statuses", rules.status_field, "at most one status of the NHS number")
    return codes


def _status(reading: Reading, codes: set[str]) -> Resource | None:
    """The verification status as UK Core tells it; None where not just one is told."""
    rules = reading.dialect.identifiers
    if rules.status_codes is None or len(codes) != 1:
        return None
    (code,) = codes
    coding = {"system": rules.status_codes.system, "code": code}
    if display := rules.status_codes.display.get(code):
        coding["display"] = display
    return extension(f"{UK_CORE}NHSNumberVerificationStatus", valueCodeableConcept={"coding": [coding]})


def _with_status(identifier: Resource, status: Resource) -> Resource:
    if identifier.get("system") != nhs_number.SYSTEM:
        return identifier
    return {**identifier, "extension": [status, *identifier.get("extension", ())]}
