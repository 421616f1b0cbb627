"""Patient: who the message is about, from PID and PD1. Source: HL7 v2.4, 3.4.2 "PID"; UK Core, Patient."""

from collections.abc import Sequence

from tabard.dialect.codes import concept_in
from tabard.dialect.extensions import extension, source_text
from tabard.dialect.model import Draft, PatientKey
from tabard.dialect.parts import first_of
from tabard.dialect.people.addresses import read_addresses
from tabard.dialect.people.background import background, put_birth_order, put_language
from tabard.dialect.people.contacts import put_contacts
from tabard.dialect.people.human_names import read_names
from tabard.dialect.people.identifiers import Known
from tabard.dialect.people.organizations import managing, practice
from tabard.dialect.people.packed_practice import packed_practices
from tabard.dialect.people.practitioners import practitioners
from tabard.dialect.people.privacy import put_patient_privacy
from tabard.dialect.people.telecoms import read_telecoms
from tabard.dialect.places import place_of
from tabard.dialect.reading import Drafting, Reading
from tabard.fhir.json import Resource
from tabard.hl7v2 import Segment

_BIRTH_TIME = "http://hl7.org/fhir/StructureDefinition/patient-birthTime"
_NAME, _BORN, _SEX, _ADDRESS, _MARITAL, _DIED_AT, _HAS_DIED = 5, 7, 8, 11, 16, 29, 30
_PRACTICE, _GP = 3, 4
_PERSON = (("name", _NAME), ("address", _ADDRESS), ("maritalStatus", _MARITAL))


def key_of(known: Known, *, birth_date: str | None = None, family: str | None = None) -> PatientKey:
    """What may be used to find the patient."""
    return PatientKey(known.local, known.nhs_number, birth_date, family)


def birth_date_of(reading: Reading, pid: Segment) -> str | None:
    """The birth date in PID-7; None where there is none, or none that can be read (which is flagged)."""
    born = reading.moment(pid.field(_BORN), "PID-7")
    return born.day if born else None


def family_of(segment: Segment, n: int = _NAME) -> str | None:
    """The family name in the first name of field `n`."""
    return first_of(segment.field(n)).part(1) or None


def patient(reading: Reading, pid: Segment, pd1: Segment | None, id: str, identifiers: Sequence[Resource]) -> Draft:  # noqa: A002  FHIR's word
    """The patient as PID and PD1 tell it; the practice and GP are drafted before it."""
    draft = Drafting("Patient", id)
    draft.put("identifier", list(identifiers))
    draft.put("active", True)
    draft.put("extension", _person(reading, draft, pid) + put_patient_privacy(reading, draft))
    _telecoms(reading, draft, pid)
    _sex(reading, draft, pid)
    _birth(reading, draft, pid)
    _death(reading, draft, pid)
    if pd1 is not None:
        _general_practice(reading, draft, pd1)
    put_contacts(reading, draft)
    draft.put("managingOrganization", managing(reading))
    return draft.done()


def _person(reading: Reading, draft: Drafting, pid: Segment) -> list[Resource]:
    """Put names, addresses and the like; gives what becomes extensions."""
    rules = reading.dialect.person
    if reading.may_clear:
        draft.cleared.update([element for element, n in _PERSON if reading.clears(pid.field(n))])
    draft.put("name", read_names(reading, pid))
    draft.put("address", read_addresses(reading, pid.field(_ADDRESS), "PID-11"))
    draft.put("maritalStatus", concept_in(reading, rules.marital_status, pid, _MARITAL))
    put_birth_order(reading, draft, pid)
    put_language(reading, draft, pid)
    return background(reading, draft, pid)


def _telecoms(reading: Reading, draft: Drafting, pid: Segment) -> None:
    fields = [(pid.field(place_of(place).n), use) for place, use in reading.dialect.telecoms.fields.items()]
    if reading.may_clear:
        emptied = [f"telecom:{use}" for field, use in fields if reading.clears(field)]
        draft.cleared.update(["telecom"] if emptied and len(emptied) == len(fields) else emptied)
    draft.put("telecom", [point for field, use in fields if field.raw for point in read_telecoms(reading, field, use)])


def _sex(reading: Reading, draft: Drafting, pid: Segment) -> None:
    field = pid.field(_SEX)
    sent = field.text.strip()
    if reading.clears(field):
        draft.cleared.add("gender")
    elif gender := reading.dialect.person.sex.get(reading.word(sent)):
        draft.put("gender", gender)
    elif sent:
        reading.flag("unknown-code", "PID-8", "a sex that the dialect knows")
        draft.put("_gender", source_text(sent))


def _birth(reading: Reading, draft: Drafting, pid: Segment) -> None:
    born = reading.put_moment(draft, "birthDate", pid.field(_BORN), "PID-7")
    if born is None:
        return
    draft.put("birthDate", born.day)
    if born.at is not None and reading.dialect.person.has_birth_time:
        draft.put("_birthDate", {"extension": [extension(_BIRTH_TIME, valueDateTime=born.text)]})


def _death(reading: Reading, draft: Drafting, pid: Segment) -> None:
    """Death by PID-29 (when) or PID-30 (whether). FHIR holds one of the two: the other goes."""
    if not any(pid.texts[_DIED_AT : _HAS_DIED + 1]):
        return
    rules = reading.dialect.person
    died_at = reading.put_moment(draft, "deceasedDateTime", pid.field(_DIED_AT), "PID-29")
    field = pid.field(_HAS_DIED)
    sent = field.text.strip()
    word = reading.word(sent)
    if reading.clears(field):
        draft.cleared.add("deceasedBoolean")
    if died_at is not None:
        draft.cleared.add("deceasedBoolean")
        if word in rules.no:
            reading.flag("contradiction", "PID-30", "a death indicator that agrees with PID-29")
    elif word in rules.yes or word in rules.no:
        draft.put("deceasedBoolean", word in rules.yes)
        draft.cleared.add("deceasedDateTime")
    elif sent:
        reading.flag("unknown-code", "PID-30", "yes or no as the dialect says it")
        draft.put("_deceasedBoolean", source_text(sent))


def _general_practice(reading: Reading, draft: Drafting, pd1: Segment) -> None:
    practice_field, gp_field = pd1.field(_PRACTICE), pd1.field(_GP)
    if reading.clears(practice_field):
        draft.cleared.add("generalPractitioner:Organization")
    if reading.clears(gp_field):
        draft.cleared.add("generalPractitioner:Practitioner")
    packing = reading.dialect.organizations.packed_practice
    at = practice(reading, practice_field)
    others = (
        practitioners(reading, gp_field, "PD1-4") if packing is None else packed_practices(reading, gp_field, packing)
    )
    draft.put("generalPractitioner", [*([at] if at else []), *others])
