"""Whom a message is about."""

from typing import Any

import pytest

from tabard.dialect import FAILED_CHECK, PatientKey
from tabard.fhir import nhs_number
from tabard.ground.ids import KeyedIds
from tabard.link.errors import TOLD, Parked, ParkedReason
from tabard.link.identity import LooseIds, RecordIds, is_by_old_number, survivor
from tabard.link.likeness import contradicts, is_same_person
from unit.link.pretend_record import PretendRecord

MRN, NOTES = "urn:authority:RXX", "urn:authority:NOTES"
GOOD, OTHER = "9434765919", "9990000018"
LOOSE = LooseIds(KeyedIds(b"k"), "pas")


def person(id_: str, *numbers: tuple[str, str], **elements: Any) -> dict[str, Any]:
    identifiers = [{"system": system, "value": value} for system, value in numbers]
    return {"resourceType": "Patient", "id": id_, "identifier": identifiers, **elements}


def replaced_by(id_: str) -> list[dict[str, Any]]:
    return [{"other": {"reference": f"Patient/{id_}"}, "type": "replaced-by"}]


def ids(*patients: dict[str, Any]) -> RecordIds:
    record = PretendRecord()
    for one in patients:
        record.put(one, "test")
    return RecordIds(record, LOOSE)


def key(
    *local: tuple[str, str], nhs: str | None = None, born: str | None = None, family: str | None = None
) -> PatientKey:
    return PatientKey(local, nhs, born, family)


def test_a_known_number_finds_its_patient() -> None:
    """Any one of several local numbers will do."""
    known = ids(person("p", (MRN, "1")), person("q", (MRN, "2")))
    assert known.patient(key((MRN, "1"))) == "p"
    assert known.patient(key((NOTES, "9"), (MRN, "2"))) == "q"


@pytest.mark.parametrize("kind", ["Location", "Practitioner", "Observation", "Encounter"])
def test_an_id_made_again_is_the_same(kind: str) -> None:
    """What is remembered of ids is what is made anew; and no other parts, and no other hospital, give it."""
    loose = LooseIds(KeyedIds(b"k"), "pas")
    made = loose.other(kind, "RXX01", "WARD7")
    assert made == loose.other(kind, "RXX01", "WARD7") == LooseIds(KeyedIds(b"k"), "pas").other(kind, "RXX01", "WARD7")
    assert made not in {loose.other(kind, "RXX01WARD7"), loose.other("Patient", "RXX01", "WARD7")}
    assert made != LooseIds(KeyedIds(b"other"), "pas").other(kind, "RXX01", "WARD7")


def test_the_same_number_of_another_authority_finds_nobody() -> None:
    """A number means nothing without whose it is."""
    assert ids(person("p", (MRN, "1"))).patient(key((NOTES, "1"))) != "p"


def test_a_new_patient_has_the_same_id_from_every_link() -> None:
    """Two feeds of one hospital that use one authority register one patient; its id gives the number not away."""
    made = LOOSE.patient(key((MRN, "1"), (NOTES, "2")))
    assert made == LooseIds(KeyedIds(b"k"), "lab").patient(key((MRN, "1")))
    assert made != LooseIds(KeyedIds(b"other")).patient(key((MRN, "1")))


def test_only_results_are_told_apart_by_link() -> None:
    """Two laboratories may give out the same number; a visit or a ward is the hospital's."""
    lab = LooseIds(KeyedIds(b"k"), "lab")
    for kind in ("Encounter", "Location", "Practitioner", "Organization"):
        assert LOOSE.other(kind, "1") == lab.other(kind, "1")
    for kind in ("DiagnosticReport", "Observation"):
        assert LOOSE.other(kind, "1") != lab.other(kind, "1")


def test_a_message_that_names_nobody_has_no_patient() -> None:
    """Neither a local number nor an NHS number: nothing is made up."""
    with pytest.raises(Parked) as told:
        LOOSE.patient(key(family="SMITH", born="1965-12-13"))
    assert told.value.reason is ParkedReason.no_patient_identifier


def test_numbers_of_two_patients_are_ambiguous() -> None:
    """One of them is wrong, and which is not for us to say."""
    with pytest.raises(Parked) as told:
        ids(person("p", (MRN, "1")), person("q", (NOTES, "2"))).patient(key((MRN, "1"), (NOTES, "2")))
    assert told.value.reason is ParkedReason.ambiguous_patient


def test_numbers_of_two_patients_who_were_merged_are_one() -> None:
    """Both lead to the survivor."""
    known = ids(person("p", (MRN, "1"), link=replaced_by("q")), person("q", (MRN, "2")))
    assert known.patient(key((MRN, "1"), (MRN, "2"))) == "q"
    assert known.patient(key((MRN, "1"))) == "q"


def test_merges_that_lead_in_a_circle_end() -> None:
    """A record that contradicts itself does not hang us."""
    record = PretendRecord()
    record.put(person("p", link=replaced_by("q")), "test")
    record.put(person("q", link=replaced_by("p")), "test")
    assert survivor(record, "p") in {"p", "q"}


def test_who_is_given_up_is_who_was_registered_by_the_number() -> None:
    """Not who took the number on as an old one; of somebody unknown the id is that of a new one."""
    holder = person("s", (MRN, "2"))
    holder["identifier"].append({"system": MRN, "value": "1", "use": "old"})
    known = ids(person("p", (MRN, "1"), link=replaced_by("s")), holder)
    assert known.prior_patient(key((MRN, "1"))) == "p"
    assert ids(holder).prior_patient(key((MRN, "1"))) == LOOSE.patient(key((MRN, "1")))
    assert known.prior_key == key((MRN, "1"))


def test_an_id_whose_number_was_taken_away_is_not_given_again() -> None:
    """Somebody is registered under the id, but no longer known by the number: in doubt, nobody."""
    taken = LOOSE.patient(key((MRN, "1")))
    with pytest.raises(Parked):
        ids(person(taken, (MRN, "7"))).patient(key((MRN, "1")))


@pytest.mark.parametrize(
    ("born", "key_born", "family", "same"),
    [
        ("1965-12-13", "1965-12-13", "OTHER", True),
        ("1965-12-13", "1965-12", "OTHER", True),
        ("1965", "1965-12-13", "OTHER", True),
        ("1965-12-13", "1965-12-14", "SMITH", False),
        (None, "1965-12-13", "smith", True),
        ("1965-12-13", None, "Smith", True),
        (None, None, "JONES", False),
        (None, None, None, False),
    ],
)
def test_the_same_person_by_birth_date_or_where_unknown_by_name(
    born: str | None, key_born: str | None, family: str | None, *, same: bool
) -> None:
    """Birth dates agree as far as both are known; only where one is unknown does the family name decide."""
    patient = person("p", name=[{"family": "SMITH"}], **({"birthDate": born} if born else {}))
    assert is_same_person(patient, key(nhs=GOOD, born=key_born, family=family)) is same


def test_a_result_is_contradicted_by_an_nhs_number_or_a_birth_date() -> None:
    """A passing NHS number settles it either way; a failing one, or none, leaves it to the birth date."""
    patient = person("p", (MRN, "1"), (nhs_number.SYSTEM, GOOD), birthDate="1965-12-13")
    assert not contradicts(patient, key((MRN, "1"), nhs=GOOD, born="1970-01-01"))
    assert contradicts(patient, key((MRN, "1"), nhs=OTHER, born="1965-12-13"))
    assert contradicts(patient, key((MRN, "1"), born="1970-01-01"))
    assert not contradicts(patient, key((MRN, "1")))
    failing = {"system": nhs_number.SYSTEM, "value": OTHER, "extension": [{"url": FAILED_CHECK, "valueBoolean": True}]}
    assert not contradicts({**patient, "identifier": [failing]}, key((MRN, "1"), nhs=GOOD))


def test_a_patient_is_reached_by_an_old_number_only_where_no_other_names_them() -> None:
    """One number in use is enough to be heard on who the patient is."""
    patient = person("p", (MRN, "1"))
    patient["identifier"].append({"system": MRN, "value": "2", "use": "old"})
    assert is_by_old_number(patient, key((MRN, "2")))
    assert not is_by_old_number(patient, key((MRN, "2"), (MRN, "1")))
    assert not is_by_old_number(patient, key(nhs=GOOD))
    assert not is_by_old_number(None, key((MRN, "2")))
    assert not is_by_old_number(patient, None)


@pytest.mark.parametrize("reason", ParkedReason)
def test_every_reason_has_a_sentence_and_a_remedy(reason: ParkedReason) -> None:
    """Who looks after parked messages is told what happened and what to do, each as a sentence."""
    assert all(text.endswith(".") for text in TOLD[reason])
    assert Parked(reason).remedy == TOLD[reason][1]


JONES = person("q", (MRN, "2"), (nhs_number.SYSTEM, GOOD), birthDate="1970-01-01", name=[{"family": "JONES"}])


@pytest.mark.parametrize("number", ["1", "7"])
def test_two_people_on_one_nhs_number_are_parked(number: str) -> None:
    """Whoever is registered under it, or is known and newly gets it, is born on another day than who has it."""
    known = ids(person("p", (MRN, "1")), JONES)
    with pytest.raises(Parked) as parked:
        known.patient(key((MRN, number), nhs=GOOD, born="1962-07-17", family="SMITH"))
    assert parked.value.reason is ParkedReason.ambiguous_patient


def test_a_second_registration_of_one_person_is_no_doubt() -> None:
    """The same number, birth date and name under another hospital number: two registrations, which are never joined by it."""
    made = ids(JONES).patient(key((MRN, "7"), nhs=GOOD, born="1970-01-01", family="JONES"))
    assert made not in {"p", "q"}


def test_who_has_the_number_goes_on_with_it() -> None:
    """What comes for them is not in doubt, whatever birth date it corrects; nor where another's number is not verified or was given up."""
    assert ids(JONES).patient(key((MRN, "2"), nhs=GOOD, born="1971-01-01", family="JONES")) == "q"
    given_up = {**JONES, "id": "r", "active": False, "link": replaced_by("q")}
    assert ids(JONES, given_up).patient(key((MRN, "2"), nhs=GOOD, born="1970-01-01", family="JONES")) == "q"
    unverified = {
        **JONES,
        "identifier": [{"system": nhs_number.SYSTEM, "value": GOOD, "extension": [{"url": FAILED_CHECK}]}],
    }
    assert ids(unverified).patient(key((MRN, "9"), nhs=GOOD, born="1962-07-17", family="SMITH"))


def test_without_birth_dates_the_name_says_it() -> None:
    """Another family name is another person; none to compare is a doubt as well."""
    nameless = {**JONES, "birthDate": None}
    with pytest.raises(Parked):
        ids(nameless).patient(key((MRN, "9"), nhs=GOOD, family="SMITH"))
    assert ids(nameless).patient(key((MRN, "9"), nhs=GOOD, family="JONES"))
