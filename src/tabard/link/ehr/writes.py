"""What the EHR takes over FHIR, as data; what it needs is asked for here by name, so that nothing is refused there. Pure.

Source: Millennium Platform APIs for FHIR R4, "Create" and "Update" of each type; its CapabilityStatement.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from tabard.fhir import Resource
from tabard.fhir.dates import range_of
from tabard.ground.time import from_us, to_instant
from tabard.link.ehr.capability import Capability

Pairs = tuple[tuple[str, str], ...]
_SKEW = timedelta(minutes=10)
_DAY = timedelta(days=1)
_LONGEST_TEXT = 255
MOST_SOUGHT = "100"
_WISHED = "-date-or-req-period"
"""Finds proposed appointments too, which `date` does not."""


class Writes(NamedTuple):
    """What a type needs: each of `needed` is a group of elements of which one must be there (`value[x]`: any such).

    `is_dated` says that a search of it needs a date beside the patient.
    """

    needed: tuple[tuple[str, ...], ...]
    is_dated: bool = False


TABLE = {
    "Observation": Writes(
        (
            ("status",),
            ("category",),
            ("code",),
            ("effectiveDateTime",),
            ("value[x]", "component", "dataAbsentReason"),
        )
    ),
    "DocumentReference": Writes((("status",), ("type",), ("content",))),
    "Appointment": Writes((("status",), ("participant",), ("start", "requestedPeriod")), is_dated=True),
    "Condition": Writes((("clinicalStatus", "verificationStatus"), ("category",), ("code",))),
    "AllergyIntolerance": Writes((("clinicalStatus", "verificationStatus"), ("category",), ("code",))),
}
"""By resource type: what may be written."""


def missing(resource: Resource) -> tuple[str, ...]:
    """What the EHR needs and the resource has not, each as `a` or `a or b`; texts too long for it beside."""
    table = TABLE[resource["resourceType"]]
    lacking = [" or ".join(group) for group in table.needed if not any(_has(resource, name) for name in group)]
    if table.is_dated and not lacking and not _has_times(resource):
        lacking.append("a start and an end that can be read")
    return (*lacking, *([f"no text above {_LONGEST_TEXT} characters"] if _longest(resource) > _LONGEST_TEXT else []))


def sought(resource: Resource, theirs: str, since: datetime, capability: Capability) -> Pairs:
    """How to look for what may have been written since then about the EHR's patient: the least that must hold it."""
    kind = resource["resourceType"]
    asked: Pairs = (("patient", theirs),)
    if TABLE[kind].is_dated:
        begin, end = _when(resource)
        name = _WISHED if capability.has(kind, _WISHED) else "date"
        asked = (*asked, (name, f"ge{to_instant(begin - _DAY)}"), (name, f"lt{to_instant(end + _DAY)}"))
    elif capability.has(kind, "_lastUpdated"):
        asked = (*asked, ("_lastUpdated", f"ge{to_instant(since - _SKEW)}"))
    return (*asked, ("_count", MOST_SOUGHT)) if capability.has(kind, "_count") else asked


def holds(resource: Resource, system: str, value: str) -> bool:
    """Whether it has the identifier."""
    told = resource.get("identifier")
    held = told if isinstance(told, list) else [told]
    return any(isinstance(one, dict) and (one.get("system"), one.get("value")) == (system, value) for one in held)


def may_be(found: Resource, sent: Resource, since: datetime) -> bool:
    """Whether what stands there without our identifier may be what was sent: it says the same, and is not older.

    Of documents and appointments Millennium ignores identifiers: that none has ours does not say that it is not there.
    """
    if _is_older(found, since):
        return False
    ours, theirs = _codes(sent), _codes(found)
    if ours and theirs and ours.isdisjoint(theirs):
        return False
    here, there = _time(sent), _time(found)
    return here is None or there is None or here == there


def _is_older(found: Resource, since: datetime) -> bool:
    meta = found.get("meta")
    told = meta.get("lastUpdated") if isinstance(meta, dict) else None
    try:
        return isinstance(told, str) and from_us(range_of(told)[1]) < since - _SKEW
    except ValueError:
        return False


def _codes(resource: Resource) -> set[tuple[object, object]]:
    told = resource.get("code") or resource.get("type") or resource.get("serviceType")
    concepts = told if isinstance(told, list) else [told]
    codings = [one.get("coding") for one in concepts if isinstance(one, dict)]
    held = [each for one in codings if isinstance(one, list) for each in one if isinstance(each, dict)]
    return {(one.get("system"), one.get("code")) for one in held}


def _time(resource: Resource) -> int | None:
    """When it is about; None where it does not say, as documents do not."""
    try:
        start = resource["effectiveDateTime"] if "effectiveDateTime" in resource else _starting(resource)
        return None if start is None else range_of(str(start))[0]
    except ValueError:
        return None


def _starting(resource: Resource) -> object:
    periods = resource.get("requestedPeriod")
    period = periods[0] if isinstance(periods, list) and periods and isinstance(periods[0], dict) else {}
    return resource.get("start") or period.get("start")


def _has(resource: Resource, name: str) -> bool:
    if name == "value[x]":
        return any(each.startswith("value") and resource[each] not in (None, "", {}) for each in resource)
    return bool(resource.get(name))


def _when(resource: Resource) -> tuple[datetime, datetime]:
    """When an appointment is, or is asked for. Raises ValueError."""
    start = _starting(resource)
    return _moment(start, 0), _moment(start, 1)


def _has_times(resource: Resource) -> bool:
    try:
        _when(resource)
    except ValueError:
        return False
    return True


def _moment(told: object, which: int) -> datetime:
    return from_us(range_of(str(told))[which])


def _longest(value: object) -> int:
    """The length of the longest text, narratives and attachments aside."""
    if isinstance(value, dict):
        return max((_longest(each) for name, each in value.items() if name not in {"div", "data"}), default=0)
    if isinstance(value, list):
        return max((_longest(each) for each in value), default=0)
    return len(value) if isinstance(value, str) else 0
