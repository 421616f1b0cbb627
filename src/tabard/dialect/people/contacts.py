"""Contacts: the patient's next of kin and other people to turn to. Source: HL7 v2.4, 3.4.5 "NK1"; UK Core, Patient.contact.

A message that holds any tells the whole list.
"""

from tabard.dialect.codes import concept_of
from tabard.dialect.parts import first_of
from tabard.dialect.people.addresses import read_addresses
from tabard.dialect.people.human_names import name_in
from tabard.dialect.people.telecoms import read_telecoms
from tabard.dialect.reading import Drafting, Reading
from tabard.dialect.schema import CodeTable, Contacts
from tabard.fhir.json import Resource
from tabard.hl7v2 import Field, Segment

_NAME, _RELATIONSHIP, _ADDRESS, _ROLE, _START, _END, _EMPLOYER, _SEX = 2, 3, 4, 7, 8, 9, 13, 15
_PHONES = ((5, "home"), (6, "work"))
_WAYS = ("name", "telecom", "address", "organization")
"""What a contact must have one of. Source: FHIR R4, Patient, pat-1."""

FIELDS = frozenset({1, _NAME, _RELATIONSHIP, _ADDRESS, 5, 6, _ROLE, _START, _END, _EMPLOYER, _SEX})
"""The fields of NK1 that are read."""


def put_contacts(reading: Reading, draft: Drafting) -> None:
    """Put the patient's contacts; `""` in the name of every one empties the list."""
    rules = reading.dialect.contacts
    segments = reading.all("NK1") if rules is not None else ()
    if rules is None or not segments:
        return
    if reading.may_clear and all(reading.clears(nk1.field(_NAME)) for nk1 in segments):
        draft.cleared.add("contact")
    draft.put("contact", [one for nk1 in segments if (one := _contact(reading, nk1, rules))])


def _contact(reading: Reading, nk1: Segment, rules: Contacts) -> Resource | None:
    contact = Drafting()
    contact.put("relationship", _relationship(reading, nk1, rules))
    name = nk1.field(_NAME)
    reading.note_signs(name, "NK1-2")
    contact.put("name", name_in(reading, first_of(name), "NK1-2"))
    phones = [(field, use) for n, use in _PHONES if (field := nk1.field(n)).raw]
    contact.put("telecom", [one for field, use in phones for one in read_telecoms(reading, field, use)])
    contact.put("address", next(iter(read_addresses(reading, nk1.field(_ADDRESS), "NK1-4")), None))
    contact.put("gender", reading.dialect.person.sex.get(reading.word(nk1.field(_SEX).text.strip())))
    if employer := first_of(nk1.field(_EMPLOYER)).part(1):
        contact.put("organization", {"display": employer})
    if any(nk1.texts[_START : _END + 1]):
        contact.put("period", _period(reading, nk1))
    if any(way in contact.resource for way in _WAYS):
        return contact.resource
    if contact.resource:
        reading.flag("missing", "NK1-2", "a name, a phone or an address of whom to turn to")
    return None


def _period(reading: Reading, nk1: Segment) -> Resource:
    period = Drafting()
    for element, n in (("start", _START), ("end", _END)):
        reading.put_moment(period, element, nk1.field(n), f"NK1-{n}")
    return period.resource


def _relationship(reading: Reading, nk1: Segment, rules: Contacts) -> list[Resource]:
    told: list[Resource] = []
    for n, table in ((_RELATIONSHIP, rules.relationship), (_ROLE, rules.role)):
        if (field := nk1.field(n)).raw and (said := _said(reading, field, f"NK1-{n}", table, rules)):
            told.append(said)
    return told


def _said(reading: Reading, field: Field, place: str, table: CodeTable, rules: Contacts) -> Resource | None:
    sent = first_of(field)
    if text := rules.words.get(reading.word(sent.part(1))):
        return {"text": sent.part(2) or text}
    return concept_of(reading, table, field, place)
