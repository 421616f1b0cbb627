"""Where a patient comes from: language, faith, nation and birth, worked out by hand from HL7 v2.4, 3.4.2."""

from typing import Any

import pytest

from tabard.dialect import SOURCE_TEXT, Translation
from unit.dialect.messages import EVENT, PERSON, draft, flags, message, read, resource, with_field

CORE = "http://hl7.org/fhir/StructureDefinition/patient-"


def told(*fields: tuple[int, str]) -> Translation:
    person = PERSON
    for n, value in fields:
        person = with_field(person, n, value)
    return read(message("ADT^A28", EVENT, person))


def extension(name: str, *fields: tuple[int, str]) -> Any:
    (one,) = [one for one in resource(told(*fields), "Patient")["extension"] if one["url"] == f"{CORE}{name}"]
    return {key: value for key, value in one.items() if key != "url"}


def test_the_language_to_speak_with_the_patient_in() -> None:
    """PID-15 EN is English, and it is the preferred one."""
    (one,) = resource(told((15, "EN")), "Patient")["communication"]
    coding = {"system": "urn:ietf:bcp:47", "code": "en", "display": "English"}
    assert one == {"language": {"coding": [coding], "text": "EN"}, "preferred": True}


def test_a_language_in_words_is_kept_and_flagged() -> None:
    """What is no code of two or three letters is words."""
    translation = told((15, "Klingon spoken"))
    assert resource(translation, "Patient")["communication"][0]["language"] == {"text": "Klingon spoken"}
    assert flags(translation) == {("unknown-code", "PID-15")}


def test_what_becomes_an_extension() -> None:
    """Faith, the mother's maiden name, the place of birth, citizenship and nationality."""
    faith = {"coding": [{"system": "urn:tabard:code:itk-religion", "code": "C22"}]}
    nation = {"coding": [{"system": "urn:iso:std:iso:3166", "code": "DEU"}]}
    assert extension("religion", (17, "C22")) == {"valueCodeableConcept": faith}
    assert extension("mothersMaidenName", (6, "SCHMIDT^HELGAR")) == {"valueString": "SCHMIDT"}
    assert extension("birthPlace", (23, "Berlin")) == {"valueAddress": {"text": "Berlin"}}
    assert extension("citizenship", (26, "DEU")) == {"extension": [{"url": "code", "valueCodeableConcept": nation}]}
    assert extension("nationality", (28, "DEU")) == {"extension": [{"url": "code", "valueCodeableConcept": nation}]}


@pytest.mark.parametrize(
    ("n", "name"),
    [(6, "mothersMaidenName"), (17, "religion"), (23, "birthPlace"), (26, "citizenship"), (28, "nationality")],
)
def test_null_empties_one_extension_and_absent_none(n: int, name: str) -> None:
    """`""` names the extension as emptied, and only that."""
    emptied = draft(told((n, '""')), "Patient").cleared
    assert {one for one in emptied if one.startswith("extension:")} == {f"extension:{CORE}{name}"}
    assert not [one for one in draft(told(), "Patient").cleared if one.startswith("extension:")]


@pytest.mark.parametrize(
    ("multiple", "order", "element", "value"),
    [
        ("Y", "", "multipleBirthBoolean", True),
        ("N", "", "multipleBirthBoolean", False),
        ("Y", "2", "multipleBirthInteger", 2),
        ("N", "0", "multipleBirthBoolean", False),
    ],
)
def test_a_twin(multiple: str, order: str, element: str, value: object) -> None:
    """Which one, else whether; FHIR holds one of the two, and the other is emptied."""
    one = draft(told((24, multiple), (25, order)), "Patient")
    assert {key: held for key, held in one.resource.items() if key.startswith("multipleBirth")} == {element: value}
    other = {"multipleBirthBoolean", "multipleBirthInteger"} - {element}
    assert other <= one.cleared


def test_a_birth_order_that_is_no_number_is_kept_and_flagged() -> None:
    """As the sender wrote it, beside the element."""
    translation = told((25, "second"))
    kept = resource(translation, "Patient")["_multipleBirthBoolean"]
    assert kept["extension"] == [{"url": SOURCE_TEXT, "valueString": "second"}]
    assert flags(translation) == {("unknown-code", "PID-25")}
    assert not {"multipleBirthBoolean", "multipleBirthInteger"} & set(resource(told((25, "0")), "Patient"))


def test_a_number_in_pid_2_that_is_nobody_elses_says_nothing() -> None:
    """PID-2 repeats one of PID-3; another number there may be of somebody else: it is flagged, and finds nobody."""
    assert not told((2, "M42^^^RXX")).flags
    translation = told((2, "M99^^^RXX"))
    assert flags(translation) == {("contradiction", "PID-2")}
    assert "M99" not in str(translation.drafts)
