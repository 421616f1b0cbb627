"""Orders: what was asked for (ORC, OBR) to ServiceRequest; what the message does not say of an order stays as it was.

Source: HL7 v2.4, 4.4.1 "ORM", 4.5.1 "ORC", 7.4.1 "OBR"; HL7 Version 2 to FHIR, "ORC to ServiceRequest".
"""

from collections.abc import Iterator, Mapping, Sequence

from tabard.dialect.codes import coded
from tabard.dialect.errors import Reason, Untranslatable
from tabard.dialect.extensions import absent
from tabard.dialect.model import Ids, PatientKey
from tabard.dialect.parts import first_of, lines_of, repetitions_of
from tabard.dialect.people.identifiers import Known
from tabard.dialect.people.practitioners import practitioners
from tabard.dialect.reading import Drafting, Reading
from tabard.dialect.results.groups import Group, groups_of
from tabard.dialect.results.numbers import FILLER, GROUP, PLACER, distinct, kind_of, logical, number_in
from tabard.dialect.results.observation import note_text
from tabard.dialect.results.parents import parent_order
from tabard.dialect.results.specimens import specimens
from tabard.dialect.scheduling.timing import put_time
from tabard.dialect.visits.about import About, about
from tabard.fhir.json import Resource
from tabard.hl7v2 import Segment

_SECTIONS = "http://terminology.hl7.org/CodeSystem/v2-0074"
_CONTROL, _STATUS, _PARENT, _ASKED_AT, _ASKED_BY = 1, 5, 8, 9, 12
_CODE, _PRIORITY, _WANTED_AT, _CLINICAL, _ORDERER, _SECTION, _REASON = 4, 5, 6, 13, 16, 24, 31
_TIMING = {"ORC": 7, "OBR": 27}
"""The fields with a TQ: its fourth component is when, its sixth how urgent. Source: HL7 v2.4, 4.3 "TQ"."""

_DECIDING = frozenset({"revoked", "on-hold", "completed", "entered-in-error"})
"""What ORC-1 says that ORC-5, which may be as things stood before, does not take back."""


def order(reading: Reading, known: Known, key: PatientKey) -> Ids:
    """Every order of the message. Raises Untranslatable when there is none."""
    whom = about(reading, known, key)
    groups = groups_of(reading)
    if not groups:
        raise Untranslatable(
            Reason.missing_segment,
            "A message of orders holds none.",
            place="ORC",
            expected="at least one ORC or OBR",
            remedy="Have the sender put an ORC and an OBR for each order.",
        )
    for place, group in enumerate(groups, start=1):
        _request(reading, group, whom, place)
    return whom.ids


def _request(reading: Reading, group: Group, whom: About, place: int) -> None:
    numbers = _numbers(reading, group)
    draft = Drafting("ServiceRequest", _id(reading, numbers, group.obr, place))
    draft.put("identifier", numbers)
    draft.put("requisition", number_in(reading.dialect.results.order_system, group.orc, 4, GROUP))
    draft.put("status", _status(reading, group.orc))
    draft.put("intent", "order")
    draft.put("priority", _priority(reading, group))
    draft.put("subject", whom.subject)
    draft.put("encounter", whom.encounter)
    if group.orc is not None:
        _asked(reading, draft, group.orc)
    if group.obr is not None:
        _what(reading, draft, group.obr)
    _when(reading, draft, group)
    draft.put("specimen", specimens(reading, group))
    draft.put("note", [{"text": text} for text in _notes(group)])
    reading.add(draft.done())


def _numbers(reading: Reading, group: Group) -> list[Resource]:
    system = reading.dialect.results.order_system
    return distinct(
        [
            number_in(system, group.orc, n, kind) or number_in(system, group.obr, n, kind)
            for n, kind in ((2, PLACER), (3, FILLER))
        ]
    )


def _id(reading: Reading, numbers: Sequence[Resource], obr: Segment | None, place: int) -> str:
    """By the placer's number, else the filler's, else this very message; of several under one number also by what is asked for."""
    if not numbers:
        reading.flag("missing", "ORC-2", "the number of the order, by which a change finds what it changes")
        header = reading.message.header
        return reading.ids.other("ServiceRequest", "MSH", header.sending_application, header.control_id, str(place))
    key = (kind_of(numbers[0]), numbers[0]["system"], numbers[0]["value"])
    id_ = reading.ids.other("ServiceRequest", *key)
    if not reading.holds("ServiceRequest", id_):
        return id_
    code = first_of(obr.field(_CODE)).part(1) if obr is not None else ""
    return reading.ids.other("ServiceRequest", *key, code, str(place) if not code else "")


def _status(reading: Reading, orc: Segment | None) -> str:
    if orc is None:
        reading.flag("missing", "ORC", "what is to be done with the order")
        return "unknown"
    rules = reading.dialect.orders
    control = _looked_up(reading, rules.control, orc, _CONTROL)
    status = _looked_up(reading, rules.status, orc, _STATUS)
    if orc.field(_CONTROL).is_absent:
        reading.flag("missing", "ORC-1", "what is to be done with the order")
    return control if control in _DECIDING else status or control or "unknown"


def _looked_up(reading: Reading, table: Mapping[str, str], orc: Segment, n: int) -> str:
    sent = orc.field(n).text.strip()
    if sent and sent not in table:
        reading.flag("unknown-code", f"ORC-{n}", "a code that the dialect knows")
    return table.get(sent, "")


def _asked(reading: Reading, draft: Drafting, orc: Segment) -> None:
    reading.put_moment(draft, "authoredOn", orc.field(_ASKED_AT), "ORC-9")
    by = practitioners(reading, orc.field(_ASKED_BY))
    draft.put("requester", by[0] if by else None)
    parent = parent_order(reading, orc, _PARENT)
    draft.put("basedOn", [logical("ServiceRequest", parent)] if parent else None)


def _what(reading: Reading, draft: Drafting, obr: Segment) -> None:
    code = coded(reading, first_of(obr.field(_CODE)))
    if code is None:
        reading.flag("missing", "OBR-4", "what is asked for")
    draft.put("code", code or absent())
    if section := obr.field(_SECTION).text.strip():
        draft.put("category", [{"coding": [{"system": _SECTIONS, "code": section}]}])
    if "requester" not in draft.resource:
        by = practitioners(reading, obr.field(_ORDERER))
        draft.put("requester", by[0] if by else None)
    reasons = [coded(reading, one) for one in repetitions_of(obr.field(_REASON))]
    draft.put("reasonCode", [one for one in reasons if one])


def _when(reading: Reading, draft: Drafting, group: Group) -> None:
    """When it is wanted: TQ1-7, else the time in ORC-7 or OBR-27, else OBR-6."""
    if group.timing is not None:
        reading.put_moment(draft, "occurrenceDateTime", group.timing.field(7), "TQ1-7")
    for segment, n in _timings(group):
        if "occurrenceDateTime" not in draft.resource and (text := first_of(segment.field(n)).part(4)):
            put_time(reading, draft, "occurrenceDateTime", text, f"{segment.name}-{n}")
    if group.obr is not None and "occurrenceDateTime" not in draft.resource:
        reading.put_moment(draft, "occurrenceDateTime", group.obr.field(_WANTED_AT), "OBR-6")


def _timings(group: Group) -> Iterator[tuple[Segment, int]]:
    for segment in (group.orc, group.obr):
        if segment is not None:
            yield segment, _TIMING[segment.name]


def _priority(reading: Reading, group: Group) -> str | None:
    sent = [] if group.timing is None else [("TQ1-9", first_of(group.timing.field(9)).part(1))]
    sent += [(f"{segment.name}-{n}", first_of(segment.field(n)).part(6)) for segment, n in _timings(group)]
    if group.obr is not None:
        sent.append(("OBR-5", first_of(group.obr.field(_PRIORITY)).part(1)))
    place, word = next(((place, word) for place, word in sent if word), ("", ""))
    priority = reading.dialect.orders.priorities.get(word)
    if word and priority is None:
        reading.flag("unknown-code", place, "a priority that the dialect knows")
    return priority


def _notes(group: Group) -> Iterator[str]:
    """What the asker says of the patient (OBR-13), and the notes on the order."""
    if group.obr is not None and (text := lines_of(group.obr.field(_CLINICAL)).strip()):
        yield text
    if text := note_text(group.notes):
        yield text
