"""What is booked, written: services (AIS), people (AIP), places (AIL) and things (AIG). Source: HL7 v2.4, 10.6.4 to 10.6.7."""

from tabard.dialect.scheduling.booked import ROLES, STATUS_FIELD
from tabard.dialect.schema import Dialect
from tabard.dialect.writing.envelope import Known
from tabard.dialect.writing.errors import Unsayable
from tabard.dialect.writing.reverse import owner_of, word_for
from tabard.dialect.writing.values import coded, doctor
from tabard.fhir.json import Resource
from tabard.hl7v2 import FieldValue, SegmentValue

_ADDED = "A"
_DESCRIPTION = 9
"""PL-9, a place in words."""


def booked(dialect: Dialect, appointment: Resource, known: Known) -> list[SegmentValue]:
    """The segments below RGS; the patient is told by PID. Raises Unsayable where the dialect has no word for one."""
    told: list[SegmentValue] = [
        ("AIS", {1: str(n), 2: _ADDED, 3: coded(dialect, one, "AIS-3")})
        for n, one in enumerate(appointment.get("serviceType", ()), start=1)
    ]
    people = [one for one in appointment.get("participant", ()) if _kind(one) != "Patient"]
    counts: dict[str, int] = {}
    for one in people:
        name, fields = _segment(dialect, one, known)
        counts[name] = counts.get(name, 0) + 1
        told.append(
            (name, {1: str(counts[name]), 2: _ADDED, **fields, STATUS_FIELD[name]: _status(dialect, one, name)})
        )
    return told


def _kind(participant: Resource) -> str:
    actor = participant.get("actor", {})
    return str(actor.get("type") or actor.get("reference", "").partition("/")[0])


def _segment(dialect: Dialect, participant: Resource, known: Known) -> tuple[str, dict[int, FieldValue]]:
    actor, kind = participant.get("actor", {}), _kind(participant)
    if kind == "Practitioner":
        person = doctor(dialect, actor, known.named(actor))
        if person is None:
            raise _nameless("AIP-3")
        return "AIP", {3: person, 4: _role(dialect, participant, "AIP-4")}
    if kind == "Location":
        return "AIL", {3: _place(dialect, actor, known.named(actor))}
    return "AIG", {3: _thing(dialect, actor), 4: _role(dialect, participant, "AIG-4")}


def _status(dialect: Dialect, participant: Resource, name: str) -> str:
    """What has accepted needs no word."""
    status = participant.get("status", "accepted")
    if status == "accepted":
        return ""
    place = f"{name}-{STATUS_FIELD[name]}"
    return word_for(dialect.scheduling.participation, status, place, "scheduling.participation")


def _role(dialect: Dialect, participant: Resource, place: str) -> FieldValue:
    """What the participant is, beside taking part."""
    for kind in participant.get("type", ()):
        if all(coding.get("system") != ROLES for coding in kind.get("coding", ())):
            return coded(dialect, kind, place)
    return None


def _place(dialect: Dialect, actor: Resource, location: Resource | None) -> FieldValue:
    """A PL by the place's number where the dialect made it, else the place in words."""
    order = dialect.locations
    for identifier in (location or {}).get("identifier", ()):
        site = owner_of(order.system, identifier.get("system", ""))
        within = identifier.get("value", "").split("/")
        components = [order.ward, *([order.room] if order.room and len(within) > 2 else []), order.bed]  # noqa: PLR2004  ward, room, bed
        if site is not None and len(within) <= len(components):
            told = dict(zip(components, within, strict=False)) | {order.facility: site}
            return tuple(told.get(n, "") for n in range(1, max(told) + 1))
    words = (location or {}).get("name") or actor.get("display", "")
    if not words:
        raise _nameless("AIL-3")
    return tuple(words if n == _DESCRIPTION else "" for n in range(1, _DESCRIPTION + 1))


def _thing(dialect: Dialect, actor: Resource) -> FieldValue:
    identifier = actor.get("identifier", {})
    owner = owner_of(dialect.results.local_coding_system, identifier.get("system", ""))
    code = identifier.get("value", "") if owner is not None else ""
    if not code and not actor.get("display"):
        raise _nameless("AIG-3")
    return (code, actor.get("display", ""), owner or "") if code else ("", actor["display"])


def _nameless(place: str) -> Unsayable:
    return Unsayable(
        place,
        "Something that is booked has neither a number that the record system knows nor a name.",
        expected="an identifier, or a display",
        remedy="Give the participant a display.",
    )
