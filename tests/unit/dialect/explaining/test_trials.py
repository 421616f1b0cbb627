"""An explanation is true: altering a field that it names alters that element, and no element that does not name it.

The samples are tried where their folder stands beside the checkout; messages of the same makes are held here and always tried.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tabard.dialect import Dialect, Explanation, Untranslatable, explain, load, translate
from tabard.dialect.explaining.elements import changed, named
from tabard.dialect.explaining.readable_ids import ReadableIds
from tabard.hl7v2 import Message, Path as Place, Unreadable, Unwritable, leaves, parse, path, split_messages
from unit.dialect.explaining.held import HELD
from unit.dialect.messages import EVENT, PERSON, VISIT, message, with_field

SAMPLES = Path(__file__).resolve().parents[5] / "shared" / "samples" / "hl7v2"

FILES = {
    "cerner-homerton-A31-v23.hl7": "millennium-homerton",
    "cerner-royalfree-A01-v23.hl7": "millennium-royal-free",
    "itk-HL7_v2_4_ADT_A01_Admit_Inpatient.hl7": "itk-2.4",
    "itk-HL7_v2_4_ADT_A03_Discharge_a_Patient_.hl7": "lorenzo",
    "itk-HL7_v2_4_ADT_A28_Create_New_Patient.hl7": "st-elsewhere",
}
OF_SIMHOSPITAL = (0, 4, 5, 6)
NAMES = [*HELD, *FILES, *(f"simhospital {n}" for n in OF_SIMHOSPITAL), "simhospital A34", "simhospital MDM"]


def case(name: str) -> tuple[Message, Dialect]:
    if name in HELD:
        raw, dialect = HELD[name]
        return parse(raw), load(dialect)
    file = SAMPLES / (name if name in FILES else "simhospital.hl7")
    if not file.is_file():
        pytest.skip("the samples do not stand beside this checkout")
    if name in FILES:
        return parse(file.read_bytes()), load(FILES[name])
    return parse(one_of_simhospital(name.removeprefix("simhospital "), file.read_bytes())), load("simhospital")


def one_of_simhospital(which: str, content: bytes) -> bytes:
    messages = list(split_messages(content))
    if which.isdigit():
        return messages[int(which)]
    return next(one for one in messages if which.encode() in one.split(b"\r")[0].split(b"\n")[0])


def explained(name: str) -> tuple[Message, Dialect, Explanation]:
    read, dialect = case(name)
    return read, dialect, explain(read, dialect)


@pytest.mark.parametrize("name", NAMES)
def test_a_field_alters_what_names_it_and_nothing_else(name: str) -> None:
    """Each field that an explanation names is altered in a way of this test's own: every element that changes names the field."""
    read, dialect, told = explained(name)
    before = named(translate(read, dialect, ReadableIds()))
    by_field: dict[str, set[tuple[str, str]]] = {}
    for one in told.elements:
        for field in one.fields:
            by_field.setdefault(field, set()).add((one.resource, one.element))
    assert by_field
    seen: set[str] = set()
    for field, elements in by_field.items():
        for altered in alterations(read, path(field)):
            try:
                after = named(translate(altered, dialect, ReadableIds()))
            except Untranslatable:
                continue
            found = changed(before, after)
            assert found <= elements, field
            seen.update([field] if found else [])
    alterable = {field for field in by_field if not field.startswith(("MSH-9", "MSH-12"))}
    # some words count only among those of their table, and no other text alters what they mean
    assert len(seen) >= 0.8 * len(alterable), alterable - seen


def alterations(read: Message, place: Place) -> Iterator[Message]:
    """The text with its middle sign exchanged, without its last two, and twice over."""
    raw = place.read_raw(read) or ""
    middle = len(raw) // 2
    other = "5" if raw[middle : middle + 1] == "7" else "7"
    for text in (raw[:middle] + other + raw[middle + 1 :], raw[:-2], raw + raw):
        if text and text != raw:
            try:
                yield place.write_raw(read, text)
            except (Unreadable, Unwritable):
                continue


@pytest.mark.parametrize("name", NAMES)
def test_every_element_is_there_once_with_its_value(name: str) -> None:
    """Whatever the translation holds is explained, and what FHIR always has alike is said to be always so."""
    read, dialect, told = explained(name)
    places = [(one.resource, one.element) for one in told.elements]
    assert len(places) == len(set(places))
    drafts = translate(read, dialect, ReadableIds()).drafts
    assert {name.partition("/")[0] for name, _ in places} >= {one.resource["resourceType"] for one in drafts}
    kinds = [one for one in told.elements if one.element == "resourceType"]
    assert {one.rule for one in kinds} == {"always so"}


@pytest.mark.parametrize(
    ("element", "fields", "keys"),
    [
        (("Patient/1", "name[0].family"), ("PID-5.1",), ()),
        (("Patient/1", "name[0].use"), ("PID-5.7",), ("names.uses",)),
        (("Patient/1", "gender"), ("PID-8",), ("person.sex",)),
        (("Patient/1", "birthDate"), ("PID-7",), ()),
        (("Patient/1", "identifier[0].value"), ("PID-3.1",), ()),
        (("Patient/1", "identifier[0].system"), ("PID-3.4",), ("identifiers.local_system",)),
        (("Patient/1", "identifier[1].value"), ("PID-3[2].1",), ()),
        (("Patient/1", "address[0].city"), ("PID-11.3",), ("addresses.city",)),
        (("Patient/1", "managingOrganization.identifier.value"), ("MSH-4",), ("organizations.is_sender_managing",)),
        (("Encounter/1", "class.code"), ("PV1-2",), ("visits.classes",)),
        (("Encounter/1", "period.start"), ("PV1-44",), ("time_zone",)),
        (("Encounter/1", "status"), ("MSH-9",), ("events",)),
        (("Encounter/1", "identifier[0].value"), ("PV1-19.1",), ("visits.number",)),
        (("Location/1", "name"), ("PV1-3.2",), ()),
        (("Location/2", "name"), ("PV1-3.3",), ()),
        (("Encounter/1", "location[1].location.display"), ("PV1-3.3",), ("locations.bed",)),
    ],
)
def test_each_element_names_its_field_and_its_key(
    element: tuple[str, str], fields: tuple[str, ...], keys: tuple[str, ...]
) -> None:
    """The fields are the whole of what made the element; the dialect's keys are among those named."""
    _, _, told = explained("held: itk admission")
    (one,) = [each for each in told.elements if (each.resource, each.element) == element]
    assert one.fields == fields
    assert set(keys) <= set(one.keys)


def test_a_rule_is_the_dialect_s_key_or_hl7_s_mapping() -> None:
    """Where a table of the dialect decides, it is named; else the field by the standard's name, without its place here."""
    _, _, told = explained("held: itk admission")
    rules = {(one.resource, one.element): one.rule for one in told.elements}
    assert rules["Patient/1", "gender"] == "person.sex"
    assert rules["Patient/1", "birthDate"] == "HL7 v2-to-FHIR PID-7"
    assert rules["Location/1", "mode"] == "always so"


def test_a_number_said_twice_is_found_too() -> None:
    """A doctor in two fields is made by both: one alone may be altered and the resource stays."""
    twice = with_field(VISIT, 9, VISIT.split("|")[7])
    told = explain(parse(message("ADT^A01", EVENT, PERSON, twice)), load("itk-2.4"))
    value = next(
        one for one in told.elements if one.resource.startswith("Practitioner") and one.element == "identifier[0].value"
    )
    assert value.fields == ("PV1-7.1", "PV1-9.1")


@pytest.mark.parametrize("name", NAMES)
def test_what_is_listed_as_unmapped_alters_nothing(name: str) -> None:
    """A place that is said to have gone nowhere may be altered, and every element stays as it was; no element names it."""
    read, dialect, told = explained(name)
    before = named(translate(read, dialect, ReadableIds()))
    named_fields = {field.partition("[")[0].partition(".")[0] for one in told.elements for field in one.fields}
    assert named_fields.isdisjoint(told.unmapped)
    for place in leaves(read):
        if {place.segment, f"{place.segment}-{place.field}"} & {*told.unmapped}:
            for altered in alterations(read, place):
                assert named(translate(altered, dialect, ReadableIds())) == before, place


def test_a_message_that_is_refused_has_no_explanation() -> None:
    """What is not translated raises as translation does."""
    with pytest.raises(Untranslatable):
        explain(parse(message("ADT^A01", EVENT, PERSON, with_field(VISIT, 19, ""))), load("itk-2.4"))
