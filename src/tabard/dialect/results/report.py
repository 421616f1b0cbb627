"""DiagnosticReport: an OBR, with the ORC above it and its results below.

Source: HL7 v2.4, 7.3.1 "ORU", 7.4.1 "OBR"; UK Core, DiagnosticReport.
"""

from collections import Counter
from collections.abc import Sequence

from tabard.dialect.codes import coded
from tabard.dialect.errors import Reason, Untranslatable
from tabard.dialect.extensions import absent, extension
from tabard.dialect.model import Draft
from tabard.dialect.parts import first_of
from tabard.dialect.reading import Drafting, Reading
from tabard.dialect.results.attachments import ATTACHED, attachments
from tabard.dialect.results.groups import Group, Result, groups_of
from tabard.dialect.results.numbers import FILLER, GROUP, PLACER, distinct, kind_of, logical, number_in
from tabard.dialect.results.observation import Order, note_text, observation
from tabard.dialect.results.parents import derived_from, parent_order
from tabard.dialect.results.performers import interpreters
from tabard.dialect.results.specimens import specimens
from tabard.dialect.visits.about import About
from tabard.fhir.json import Resource
from tabard.hl7v2 import Segment

_CODE, _AT, _ISSUED, _SECTION, _STATUS, _INTERPRETER = 4, 7, 22, 24, 25, 32
_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_SECTIONS = "http://terminology.hl7.org/CodeSystem/v2-0074"
_NOTE = "http://hl7.org/fhir/5.0/StructureDefinition/extension-DiagnosticReport.note"
_WITHDRAWN = frozenset({"entered-in-error", "cancelled"})
_ALL = frozenset(
    {
        *("status", "category", "code", "encounter", "result", "issued", "_issued", "extension", "basedOn", "specimen"),
        *("effectiveDateTime", "_effectiveDateTime", "presentedForm", "resultsInterpreter"),
    }
)
"""Every element that this file may put, but those that are never cleared."""


def reports(reading: Reading, about: About) -> None:
    """Draft every report of the message and its results. Raises Untranslatable when there is no OBR."""
    groups = [group for group in groups_of(reading) if _has_order(reading, group)]
    if not groups:
        raise Untranslatable(
            Reason.missing_segment,
            "A result message holds no order that its results belong to.",
            place="OBR",
            expected="at least one OBR",
            remedy="Have the sender put an OBR before its OBX segments.",
        )
    keys: dict[str, tuple[str, ...]] = {}
    for place, group in enumerate(groups, start=1):
        if group.obr is not None:
            _report(reading, group, group.obr, about, place, keys)


def _has_order(reading: Reading, group: Group) -> bool:
    if group.obr is None:
        reading.flag("not-mapped", "ORC", "an OBR below it")
    return group.obr is not None


def _report(
    reading: Reading, group: Group, obr: Segment, about: About, place: int, keys: dict[str, tuple[str, ...]]
) -> None:
    numbers = _numbers(reading, group, obr)
    key = _key(reading, numbers, obr, place)
    keys.update({one["value"]: key for one in reversed(numbers)})
    draft = Drafting("DiagnosticReport", reading.ids.other("DiagnosticReport", *key))
    draft.put("identifier", numbers)
    category = _category(reading, obr)
    draft.put("status", _status(reading, obr))
    draft.put("category", [category, *_section(obr)])
    draft.put("code", coded(reading, first_of(obr.field(_CODE))) or absent())
    draft.put("subject", about.subject)
    draft.put("encounter", about.encounter)
    taken = reading.put_moment(draft, "effectiveDateTime", obr.field(_AT), "OBR-7")
    issued = reading.put_moment(draft, "issued", obr.field(_ISSUED), "OBR-22")
    if issued is not None and issued.at is None:
        del draft.resource["issued"]  # an instant needs a time of day
    draft.put("basedOn", _orders(reading, numbers, obr))
    examined = specimens(reading, group)
    draft.put("specimen", examined)
    draft.put("resultsInterpreter", interpreters(reading, obr.field(_INTERPRETER)))
    order = Order(
        key, about.subject, about.encounter, [category], taken.text if taken else None,
        examined[0] if len(examined) == 1 else None, derived_from(reading, obr, keys), {},
    )  # fmt: skip
    _results(reading, draft, group, order)
    if text := note_text(group.notes):
        draft.put("extension", [extension(_NOTE, valueAnnotation={"text": text})])
    reading.add(Draft(draft.resource, _ALL.difference(draft.resource)))


def _results(reading: Reading, report: Drafting, group: Group, order: Order) -> None:
    """The results, each a reference in the report; documents among them go into the report itself."""
    seen: Counter[tuple[str, str]] = Counter()
    references: list[Resource] = []
    documents: list[Resource] = []
    for result in group.results:
        code = first_of(result.obx.field(3))
        key = (code.part(1), result.obx.field(4).text)
        draft = observation(reading, order, result, code, seen[key])
        seen[key] += 1
        reading.add(draft)
        references.append({"reference": f"Observation/{draft.resource['id']}"})
        if result.obx.field(2).raw.strip() in ATTACHED:
            documents += _documents(reading, draft.resource, result)
    report.put("result", references)
    report.put("presentedForm", documents)


def _documents(reading: Reading, told: Resource, result: Result) -> Sequence[Resource]:
    """The documents that a result brings; none of one that was withdrawn."""
    if told["status"] in _WITHDRAWN:
        return ()
    return attachments(reading, result.obx, told["code"].get("text", ""))


def _numbers(reading: Reading, group: Group, obr: Segment) -> list[Resource]:
    """The filler's and the placer's number, and that of the group they were asked for in; OBR comes before ORC."""
    system, orc = reading.dialect.results.order_system, group.orc
    return distinct(
        [
            number_in(system, obr, 3, FILLER) or number_in(system, orc, 3, FILLER),
            number_in(system, obr, 2, PLACER) or number_in(system, orc, 2, PLACER),
            number_in(system, orc, 4, GROUP),
        ]
    )


def _key(reading: Reading, numbers: Sequence[Resource], obr: Segment, place: int) -> tuple[str, ...]:
    """What tells this report from all others: the filler's number, else the placer's, else this very message."""
    own = [one for one in numbers if kind_of(one) != GROUP]
    if own:
        return (kind_of(own[0]), own[0]["system"], own[0]["value"], first_of(obr.field(_CODE)).part(1))
    reading.flag("missing", "OBR-3", "the number of the order, by which a correction finds what it corrects")
    header = reading.message.header
    return ("MSH", header.sending_application, header.control_id, str(place))


def _orders(reading: Reading, numbers: Sequence[Resource], obr: Segment) -> list[Resource]:
    """The order that the report answers, and the one that led to it, by their numbers."""
    placed = next((one for one in numbers if kind_of(one) == PLACER), None)
    parent = parent_order(reading, obr)
    return [logical("ServiceRequest", one) for one in (placed, parent) if one]


def _category(reading: Reading, obr: Segment) -> Resource:
    """By the code of what was asked for, else by the department, else as the dialect has it for all."""
    results = reading.dialect.results
    code = results.categories.get(first_of(obr.field(_CODE)).part(1))
    told = code or results.sections.get(obr.field(_SECTION).text.strip()) or results.category
    return {"coding": [{"system": _CATEGORY, "code": told}]}


def _section(obr: Segment) -> list[Resource]:
    sent = obr.field(_SECTION).text.strip()
    return [{"coding": [{"system": _SECTIONS, "code": sent}]}] if sent else []


def _status(reading: Reading, obr: Segment) -> str:
    sent = obr.field(_STATUS).text.strip()
    status = reading.dialect.results.report_status.get(sent)
    if status is None:
        reading.flag("unknown-code" if sent else "missing", "OBR-25", "a report status that the dialect knows")
    return status or "unknown"
