"""Unmapped: the places of a message that held something which went nowhere.

Which fields are read is a table for each segment, made once for a dialect and an event. A segment without a table is named
whole. What holds only `""` or separators holds nothing; set ids and the header are no content.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import compress

from tabard.dialect.clinical import diagnoses, procedures
from tabard.dialect.events.movements import MOVEMENTS
from tabard.dialect.events.visit_merge import PRIOR
from tabard.dialect.fields_read import FIELDS
from tabard.dialect.model import Event
from tabard.dialect.people import background, contacts
from tabard.dialect.per_dialect import PerDialect
from tabard.dialect.places import place_of
from tabard.dialect.schema import Dialect
from tabard.dialect.visits import details, hospitalization
from tabard.hl7v2 import Message

Read = Mapping[str, frozenset[int]]
"""By segment the fields that are read."""

_Unread = tuple[int, ...]
"""Of a segment's fields, from 0 on: the number of each that is read nowhere, 0 in the place of one that is read."""

_MOST_FIELDS = 128
"""No segment of the standard has as many; where a sender's has more, those beyond are read nowhere."""

_PERSON: Read = {
    "EVN": frozenset({1, 2, 6}),
    "PID": frozenset({1, 2, 3, 5, 7, 8, 11, 16, 29, 30}) | background.FIELDS,
    "PD1": frozenset({3, 4}),
    "DG1": diagnoses.FIELDS,
    "PR1": procedures.FIELDS,
}
_VISIT: Read = {
    "EVN": frozenset({3}),
    "PV1": frozenset({1, 2, 3, 10, 44, 45}) | hospitalization.FIELDS,
    "PV2": details.PV2_FIELDS,
}
_MERGE: Read = {"MRG": frozenset({1, 7})}
_ABOUT: Read = {"EVN": frozenset({1, 2, 6}), "PID": frozenset({1, 2, 5, 7}), "PV1": frozenset({1})}
_VISITS_MERGE: Read = {"MRG": frozenset(PRIOR.values()), "PV1": frozenset({1})}
_OF_EVENT: Mapping[Event, tuple[Read, ...]] = {
    Event.pend_transfer: ({"PV1": frozenset({42})},),
    Event.leave: ({"PV2": frozenset({47})},),
    Event.cancel_return: ({"PV2": frozenset({47})},),
    Event.merge: (_MERGE,),
    Event.change_numbers: (_MERGE,),
    Event.merge_visits: (_MERGE, _VISITS_MERGE),
    Event.move_visits: (_MERGE, _VISITS_MERGE),
}
"""What is read of one event and not of others."""

_OF_PEOPLE = frozenset(
    {
        *(Event.register, Event.update_person, Event.link_people, Event.unlink_people),
        *(Event.merge, Event.change_numbers),
    }
)
"""The events that no visit is read of."""

_OTHERS = frozenset(FIELDS)
"""The events that are about a patient and do not tell of one."""
_NOTHING = '^~&"\\ '


def unmapped(message: Message, dialect: Dialect, event: Event) -> tuple[str, ...]:
    """The places, in the message's order, each once."""
    tables = _tables(dialect)
    unread = tables.get(event)
    if unread is None:
        unread = tables[event] = {name: _unread(read) for name, read in _read(dialect, event).items()}
    found: list[str] = []
    for segment in message.segments[1:]:
        name = segment.name
        if name not in unread:
            found.append(name)
            continue
        texts = segment.texts
        numbers = unread[name] if len(texts) <= _MOST_FIELDS else _wider(unread[name], len(texts))
        for n in filter(None, compress(numbers, texts)):
            text = texts[n]
            if text.isalnum() or text.strip(_NOTHING):
                found.append(f"{name}-{n}")
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=1024)
def _unread(read: frozenset[int]) -> _Unread:
    return tuple(0 if n in read else n for n in range(_MOST_FIELDS))


def _wider(unread: _Unread, size: int) -> _Unread:
    return (*unread, *range(_MOST_FIELDS, size))


_Places = tuple[str, ...]


def _of_person(dialect: Dialect) -> _Places:
    person, rules = dialect.person, dialect.clinical.allergies
    allergies = (1, rules.kind, rules.code, rules.severity, rules.reaction, rules.since)
    return (
        *dialect.names.fields,
        *dialect.telecoms.fields,
        *dialect.privacy.patient,
        *(f"PID-{n}" for name, n in background.BY_DIALECT if getattr(person, name) is not None),
        *(f"{rules.segment}-{n}" for n in allergies if n is not None),
        *(f"NK1-{n}" for n in contacts.FIELDS if dialect.contacts is not None),
    )


def _of_visit(dialect: Dialect) -> _Places:
    rules = dialect.visits
    tables = ((13, rules.readmission), (15, rules.arrangements), (18, rules.patient_type), (41, rules.account_status))
    return (
        *rules.participants,
        *rules.extensions,
        *dialect.privacy.visit,
        *(one.field for one in rules.others),
        *(f"PV1-{n}" for n, table in tables if table),
    )


def _of_about(dialect: Dialect) -> _Places:
    rules = dialect.identifiers
    status = (rules.status_field,) if rules.status_codes is not None else ()
    return (*rules.fields, *status)


_Tables = dict[Event, Mapping[str, _Unread]]


def _none(_dialect: Dialect) -> _Tables:
    return {}


_tables = PerDialect(_none)
"""By event what is read nowhere of each segment, worked out when a message of the event comes."""


def _read(dialect: Dialect, event: Event) -> Read:
    number = _of((dialect.visits.number,)) if event not in _OF_PEOPLE else {}
    tables: list[Read] = [_of(_of_about(dialect)), number]
    if event in _OTHERS:
        return _joined([*tables, _ABOUT, FIELDS[event]])
    tables += [_PERSON, _of(_of_person(dialect))]
    if event in MOVEMENTS:
        tables += [_VISIT, _of(_of_visit(dialect)), {"MRG": frozenset({5})}]
    return _joined([*tables, *_OF_EVENT.get(event, ())])


def _of(places: Iterable[str]) -> Read:
    found: dict[str, set[int]] = {}
    for segment, n in map(place_of, places):
        found.setdefault(segment, set()).add(n)
    return {segment: frozenset(fields) for segment, fields in found.items()}


def _joined(tables: Iterable[Read]) -> Read:
    joined: dict[str, frozenset[int]] = {}
    for table in tables:
        for segment, fields in table.items():
            joined[segment] = joined.get(segment, frozenset()) | fields | {0}
    return joined
