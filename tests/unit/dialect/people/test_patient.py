"""Patient: what PID and PD1 say, what they empty, and what cannot be read."""

from typing import Any

import pytest

from tabard.dialect import SOURCE_TEXT, UK_CORE, Translation
from unit.dialect.messages import (
    PERSON,
    PRACTICE,
    ReadableIds,
    admission,
    draft,
    flags,
    read,
    resource,
    resources,
    with_field,
)


def person(n: int, value: str) -> Translation:
    return read(admission(person=with_field(PERSON, n, value)))


def patient(n: int, value: str) -> dict[str, Any]:
    return resource(person(n, value), "Patient")


def test_all_of_a_full_patient() -> None:
    """Name, address, telephone, sex, birth, marriage, ethnicity, practice, GP and hospital, as written."""
    told = resource(read(admission()), "Patient")
    assert told["name"] == [{"use": "official", "family": "OKAFOR", "given": ["ADAEZE", "RUTH"], "prefix": ["MRS"]}]
    assert told["address"] == [
        {
            "use": "home",
            "line": ["14 QUARRY LANE", "UPPER STOWE"],
            "city": "ELMFORD",
            "district": "DERBYSHIRE",
            "postalCode": "DE1 1AA",
            "country": "GBR",
        }
    ]
    assert told["telecom"] == [{"system": "phone", "value": "01632960011", "use": "home"}]
    assert (told["gender"], told["birthDate"], told["active"]) == ("female", "1971-06-04", True)
    assert told["maritalStatus"]["coding"][0]["code"] == "M"
    assert told["extension"][0]["valueCodeableConcept"]["coding"][0]["display"] == "Black or Black British - African"
    assert told["managingOrganization"]["identifier"]["value"] == "RXX"
    assert [one["display"] for one in told["generalPractitioner"]] == ["QUARRY LANE SURGERY", "Dr MIRIAM HOLT"]
    assert not any(element.startswith("deceased") for element in told)


@pytest.mark.parametrize(("sent", "gender"), [("0", "unknown"), ("1", "male"), ("2", "female"), ("9", "other")])
def test_sex_is_that_of_the_itk_table(sent: str, gender: str) -> None:
    """0 not known, 1 male, 2 female, 9 not specified."""
    assert patient(8, sent)["gender"] == gender


def test_a_sex_not_in_the_table_is_kept_and_not_guessed() -> None:
    """F is no ITK code: no gender, the text beside it, a flag."""
    translation = person(8, "F")
    told = resource(translation, "Patient")
    assert "gender" not in told
    assert told["_gender"]["extension"] == [{"url": SOURCE_TEXT, "valueString": "F"}]
    assert ("unknown-code", "PID-8") in flags(translation)


@pytest.mark.parametrize("raw", ["196513121515", "19650230", "04/06/1971"])
def test_a_bad_birth_date_is_kept_raw_and_flagged(raw: str) -> None:
    """No birthDate is made from it, none is cleared, and it is not in what finds the patient."""
    translation = person(7, raw)
    told = draft(translation, "Patient")
    assert "birthDate" not in told.resource
    assert "birthDate" not in told.cleared
    assert told.resource["_birthDate"]["extension"] == [{"url": SOURCE_TEXT, "valueString": raw}]
    assert ("bad-date", "PID-7") in flags(translation)


def test_a_time_of_birth_is_kept_beside_the_date() -> None:
    """The date is the date; the time goes into HL7's own extension."""
    told = patient(7, "197106040315")
    assert told["birthDate"] == "1971-06-04"
    assert told["_birthDate"]["extension"][0]["valueDateTime"] == "1971-06-04T03:15:00+01:00"


@pytest.mark.parametrize(
    ("n", "element"),
    [
        (5, "name"),
        (7, "birthDate"),
        (8, "gender"),
        (11, "address"),
        (16, "maritalStatus"),
        (22, f"extension:{UK_CORE}EthnicCategory"),
    ],
)
def test_null_empties_and_absent_leaves(n: int, element: str) -> None:
    """`""` names the element as cleared; a field not sent says nothing of it."""
    null = draft(person(n, '""'), "Patient")
    absent = draft(person(n, ""), "Patient")
    assert element in null.cleared
    assert element not in null.resource
    assert element not in absent.cleared
    assert element not in absent.resource


def test_telephones_are_emptied_only_by_all_their_fields() -> None:
    """PID-13 and PID-14 share an element: one of them null does not empty the other."""
    one = draft(person(13, '""'), "Patient")
    both = draft(read(admission(person=with_field(with_field(PERSON, 13, '""'), 14, '""'))), "Patient")
    assert one.cleared & {"telecom", "telecom:home", "telecom:work"} == {"telecom:home"}
    assert "telecom" in both.cleared


@pytest.mark.parametrize(
    ("died_at", "has_died", "told"),
    [
        ("", "Y", {"deceasedBoolean": True}),
        ("", "N", {"deceasedBoolean": False}),
        ("202602281405", "Y", {"deceasedDateTime": "2026-02-28T14:05:00+00:00"}),
        ("20260228", "", {"deceasedDateTime": "2026-02-28"}),
        ("", "", {}),
    ],
)
def test_death_is_told_once(died_at: str, has_died: str, told: dict[str, object]) -> None:
    """When, else whether; the other of the two elements is cleared, so that a record never holds both."""
    made = draft(read(admission(person=with_field(with_field(PERSON, 29, died_at), 30, has_died))), "Patient")
    assert {name: value for name, value in made.resource.items() if "deceased" in name} == told
    assert {"deceasedBoolean", "deceasedDateTime"} - set(told) <= made.cleared | (
        set() if told else {"deceasedBoolean", "deceasedDateTime"}
    )


def test_a_bad_date_of_death_is_no_life() -> None:
    """The text is kept and flagged, and the indicator still counts."""
    translation = read(admission(person=with_field(with_field(PERSON, 29, "20261301"), 30, "Y")))
    told = resource(translation, "Patient")
    assert told["deceasedBoolean"] is True
    assert told["_deceasedDateTime"]["extension"][0]["valueString"] == "20261301"
    assert ("bad-date", "PID-29") in flags(translation)


@pytest.mark.parametrize(
    ("kind", "use"),
    [("L", "official"), ("PREFERRED", "usual"), ("PREVIOUS-MAIDEN", "maiden"), ("PREVIOUS", "old"), ("", None)],
)
def test_names_have_their_use(kind: str, use: str | None) -> None:
    """XPN-7 by the dialect's table; a name of no kind has no use."""
    assert patient(5, f"OKAFOR^ADA^^^^^{kind}")["name"][0].get("use") == use


def test_a_kind_of_name_not_known_is_flagged() -> None:
    """The name is kept, its kind as text beside it."""
    translation = person(5, "OKAFOR^ADA^^^^^STAGE")
    assert resource(translation, "Patient")["name"][0]["_use"]["extension"][0]["valueString"] == "STAGE"
    assert ("unknown-code", "PID-5") in flags(translation)


def test_escapes_are_undone() -> None:
    r"""`\T\` is an ampersand in a name, not an end of it."""
    assert patient(5, r"SMITH \T\ JONES^ADA^^^^^L")["name"][0]["family"] == "SMITH & JONES"


@pytest.mark.parametrize(
    ("n", "sent", "element", "told"),
    [
        (5, "SMITH & JONES^ADA^^^^^L", "name", {"use": "official", "family": "SMITH & JONES", "given": ["ADA"]}),
        (5, "BERG&VAN DEN&BERG^ADA", "name", {"family": "BERG&VAN DEN&BERG", "given": ["ADA"]}),
        (5, "HOLT^ADA^RUTH & MAY", "name", {"family": "HOLT", "given": ["ADA", "RUTH & MAY"]}),
        (5, "HOLT^ADA^&&", "name", {"family": "HOLT", "given": ["ADA"]}),
        (11, "DOG & DUCK^MILL LANE^&ELMFORD", "address", {"line": ["DOG & DUCK", "MILL LANE"], "city": "&ELMFORD"}),
    ],
)
def test_an_unescaped_sign_cuts_nothing_off(n: int, sent: str, element: str, told: dict[str, Any]) -> None:
    """A name or address with an "&" that was not escaped is kept whole, as sent, and a person is told to look at it."""
    translation = read(admission(person=with_field(PERSON, n, sent)))
    assert resource(translation, "Patient")[element] == [told]
    assert ("unescaped-sign", f"PID-{n}") in flags(translation)


@pytest.mark.parametrize("sent", [r"SMITH \T\ JONES^ADA", "SMITH^ADA", "&&^&", ""])
def test_a_sign_that_is_escaped_or_alone_is_no_doubt(sent: str) -> None:
    """Nothing is flagged where no text could have been cut off."""
    assert flags(read(admission(person=with_field(PERSON, 5, sent)))) == set()


def test_the_name_that_finds_a_patient_is_the_one_that_is_kept() -> None:
    """The family name of the key is whole too: a cut one would agree with somebody else's."""
    ids = ReadableIds()
    read(admission(person=with_field(PERSON, 5, "SMITH & JONES^ADA")), ids)
    assert ids.key.family == "SMITH & JONES"


def test_a_code_outside_the_table_is_kept_as_text() -> None:
    """An unknown marital status is text without a code, and flagged."""
    translation = person(16, "Q^Quarrelling")
    assert resource(translation, "Patient")["maritalStatus"] == {"text": "Quarrelling"}
    assert ("unknown-code", "PID-16") in flags(translation)


def test_practice_and_gp_are_resources_of_their_own() -> None:
    """The practice by its ODS code, the GP by the national number, each referred to."""
    translation = read(admission())
    (practice,) = resources(translation, "Organization")
    gp = next(one for one in resources(translation, "Practitioner") if one["identifier"][0]["value"] == "G9999981")
    assert practice["identifier"] == [{"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "Y00001"}]
    assert gp["identifier"][0]["system"] == "https://fhir.hl7.org.uk/Id/gmp-number"
    assert [one["reference"] for one in resource(translation, "Patient")["generalPractitioner"]] == [
        f"Organization/{practice['id']}",
        f"Practitioner/{gp['id']}",
    ]


def test_who_has_no_code_is_only_shown() -> None:
    """A practice or GP by name alone makes no resource: two of one name may be two."""
    translation = read(admission(practice="PD1|||QUARRY LANE SURGERY|^HOLT^MIRIAM"))
    assert not resources(translation, "Organization")
    told = resource(translation, "Patient")["generalPractitioner"]
    assert [(one.get("reference"), one["display"]) for one in told] == [
        (None, "QUARRY LANE SURGERY"),
        (None, "MIRIAM HOLT"),
    ]


def test_null_practice_and_gp_are_emptied() -> None:
    """Each field empties what it tells, and leaves what the other told."""
    neither = draft(read(admission(practice=with_field(with_field(PRACTICE, 3, '""'), 4, '""'))), "Patient")
    practice = draft(read(admission(practice=with_field(PRACTICE, 3, '""'))), "Patient")
    assert {"generalPractitioner:Organization", "generalPractitioner:Practitioner"} <= neither.cleared
    assert "generalPractitioner:Organization" in practice.cleared
    assert "generalPractitioner:Practitioner" not in practice.cleared
