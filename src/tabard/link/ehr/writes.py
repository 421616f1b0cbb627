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
        asked = (*asked, ("date", f"ge{to_instant(begin - _DAY)}"), ("date", f"lt{to_instant(end + _DAY)}"))
    elif capability.has(kind, "_lastUpdated"):
        asked = (*asked, ("_lastUpdated", f"ge{to_instant(since - _SKEW)}"))
    return (*asked, ("_count", MOST_SOUGHT)) if capability.has(kind, "_count") else asked


def holds(resource: Resource, system: str, value: str) -> bool:
    """Whether it has the identifier."""
    told = resource.get("identifier")
    held = told if isinstance(told, list) else [told]
    return any(isinstance(one, dict) and (one.get("system"), one.get("value")) == (system, value) for one in held)


def _has(resource: Resource, name: str) -> bool:
    if name == "value[x]":
        return any(each.startswith("value") and resource[each] not in (None, "", {}) for each in resource)
    return bool(resource.get(name))


def _when(resource: Resource) -> tuple[datetime, datetime]:
    """When an appointment is, or is asked for. Raises ValueError."""
    periods = resource.get("requestedPeriod")
    period = periods[0] if isinstance(periods, list) and periods and isinstance(periods[0], dict) else {}
    start = resource.get("start") or period.get("start")
    end = resource.get("end") or period.get("end") or start
    return _moment(start, 0), _moment(end, 1)


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
