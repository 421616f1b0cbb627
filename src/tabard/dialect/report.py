"""DiagnosticReport: an OBR with its results, and the walk over the groups of an ORU.

Source: HL7 v2.4, 7.3.1 "ORU", 7.4.1 "OBR"; UK Core, DiagnosticReport.
"""

from collections import Counter
from collections.abc import Sequence

import msgspec

from tabard.dialect.codes import coded, filled
from tabard.dialect.errors import Reason, Untranslatable
from tabard.dialect.extensions import absent, extension
from tabard.dialect.observation import Order, note_text, observation, sub_key
from tabard.dialect.parts import first_of
from tabard.dialect.reading import Drafting, Reading
from tabard.fhir.json import Resource
from tabard.hl7v2 import Segment

_PLACER, _FILLER, _CODE, _AT, _ISSUED, _STATUS = 2, 3, 4, 7, 22, 25
_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_TYPES = "http://terminology.hl7.org/CodeSystem/v2-0203"
_NOTE = "http://hl7.org/fhir/5.0/StructureDefinition/extension-DiagnosticReport.note"
_ALL = frozenset(
    {
        *("status", "category", "code", "encounter", "result", "issued", "_issued", "extension"),
        *("effectiveDateTime", "_effectiveDateTime"),
    }
)
"""Every element that this file may put, but those that are never cleared."""


class _Group:
    """An OBR, the notes on it, and its results with theirs."""

    __slots__ = ("notes", "obr", "results")

    def __init__(self, obr: Segment) -> None:
        self.obr = obr
        self.notes: list[Segment] = []
        self.results: list[tuple[Segment, list[Segment]]] = []


class About(msgspec.Struct, frozen=True):
    """Whom and which visit the results are about."""

    subject: Resource
    encounter: Resource | None


def reports(reading: Reading, about: About) -> None:
    """Draft every report of the message and its results. Raises Untranslatable when there is no OBR."""
    groups = _groups(reading)
    if not groups:
        raise Untranslatable(
            Reason.missing_segment,
            "A result message holds no order that its results belong to.",
            place="OBR",
            expected="at least one OBR",
            remedy="Have the sender put an OBR before its OBX segments.",
        )
    for place, group in enumerate(groups, start=1):
        _report(reading, group, about, place)


def _groups(reading: Reading) -> Sequence[_Group]:
    groups: list[_Group] = []
    for segment in reading.message.segments:
        if segment.name == "OBR":
            groups.append(_Group(segment))
        elif segment.name == "OBX" and groups:
            groups[-1].results.append((segment, []))
        elif segment.name == "OBX":
            reading.flag("not-mapped", "OBX", "results below an OBR")
        elif segment.name == "NTE" and groups:
            results = groups[-1].results
            (results[-1][1] if results else groups[-1].notes).append(segment)
    return groups


def _report(reading: Reading, group: _Group, about: About, place: int) -> None:
    obr = group.obr
    identifiers = _identifiers(reading, obr)
    key = _key(reading, identifiers, obr, place)
    draft = Drafting("DiagnosticReport", reading.ids.other("DiagnosticReport", *key))
    draft.put("identifier", identifiers)
    category = _category(reading, obr)
    draft.put("status", _status(reading, obr))
    draft.put("category", [{"coding": [{"system": _CATEGORY, "code": category}]}])
    draft.put("code", coded(reading, first_of(obr.field(_CODE))) or absent())
    draft.put("subject", about.subject)
    draft.put("encounter", about.encounter)
    taken = reading.put_moment(draft, "effectiveDateTime", obr.field(_AT), "OBR-7")
    issued = reading.put_moment(draft, "issued", obr.field(_ISSUED), "OBR-22")
    if issued is not None and issued.at is None:
        del draft.resource["issued"]  # an instant needs a time of day
    order = Order(key, about.subject, about.encounter, category, taken.text if taken else None)
    draft.put("result", _results(reading, group, order))
    if text := note_text(group.notes):
        draft.put("extension", [extension(_NOTE, valueAnnotation={"text": text})])
    draft.cleared.update(_ALL)
    reading.add(draft.done())


def _results(reading: Reading, group: _Group, order: Order) -> list[Resource]:
    seen: Counter[tuple[str, str]] = Counter()
    references = []
    for obx, notes in group.results:
        key = sub_key(obx)
        draft = observation(reading, order, obx, notes, seen[key])
        seen[key] += 1
        reading.add(draft)
        references.append({"reference": f"Observation/{draft.resource['id']}"})
    return references


def _identifiers(reading: Reading, obr: Segment) -> list[Resource]:
    identifiers = []
    for n, kind in ((_FILLER, "FILL"), (_PLACER, "PLAC")):
        parts = first_of(obr.field(n))
        if value := parts.part(1):
            system = filled(reading.dialect.results.order_system, parts.part(2))
            identifiers.append(
                {"type": {"coding": [{"system": _TYPES, "code": kind}]}, "system": system, "value": value}
            )
    return identifiers


def _key(reading: Reading, identifiers: Sequence[Resource], obr: Segment, place: int) -> tuple[str, ...]:
    """What tells this report from all others: the filler's number, else the placer's, else this very message."""
    code = first_of(obr.field(_CODE)).part(1)
    if identifiers:
        first = identifiers[0]
        return (first["type"]["coding"][0]["code"], first["system"], first["value"], code)
    reading.flag("missing", "OBR-3", "the number of the order, by which a correction finds what it corrects")
    header = reading.message.header
    return ("MSH", header.sending_application, header.control_id, str(place))


def _category(reading: Reading, obr: Segment) -> str:
    results = reading.dialect.results
    return results.categories.get(first_of(obr.field(_CODE)).part(1), results.category)


def _status(reading: Reading, obr: Segment) -> str:
    sent = obr.field(_STATUS).text.strip()
    status = reading.dialect.results.report_status.get(sent)
    if status is None:
        reading.flag("unknown-code" if sent else "missing", "OBR-25", "a report status that the dialect knows")
    return status or "unknown"
