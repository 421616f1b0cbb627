"""Allergies, diagnoses and procedures of ADT messages, worked out by hand from HL7 v2.4, 3.4.6, 6.5.2 and 6.5.4."""

from pathlib import Path

import pytest

from tabard.dialect import SOURCE_TEXT, Translation, Whole, load, translate
from tabard.hl7v2 import parse
from unit.dialect.messages import EVENT, PERSON, VISIT, ReadableIds, flags, message, read, resource, resources

PENICILLIN = "AL1|1|DA|91936005^Allergy to penicillin^SCT|SV|Rash~Wheeze|20240105"
FRACTURE = (
    "DG1|1|I10|S52.5^Fracture of lower end of radius|Broken wrist|20260228|W|||||||||1|C9999991^MBEKI^THOMAS|||20260301"
)
REDUCTION = "PR1|1|OPCS4|W26.2^Manipulation of fracture|Reduction|20260301080000||||||C9999991^MBEKI^THOMAS"
PATIENT, STAY = "Patient/patient-M42", "Encounter/encounter:urn:tabard:visit:VISITID:70042"


def admitted(*segments: str, trigger: str = "A01") -> Translation:
    return read(message(f"ADT^{trigger}", EVENT, PERSON, VISIT, *segments))


def test_an_allergy() -> None:
    """What is not borne, of which kind, since when, what happened and how bad it was."""
    assert resource(admitted(PENICILLIN), "AllergyIntolerance") == {
        "resourceType": "AllergyIntolerance",
        "id": f"allergyintolerance:{PATIENT}:http://snomed.info/sct:91936005",
        "clinicalStatus": {
            "coding": [
                {"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "code": "active"}
            ]
        },
        "category": ["medication"],
        "code": {
            "coding": [{"system": "http://snomed.info/sct", "code": "91936005", "display": "Allergy to penicillin"}],
            "text": "Allergy to penicillin",
        },
        "patient": {"reference": PATIENT},
        "onsetDateTime": "2024-01-05",
        "reaction": [{"manifestation": [{"text": "Rash"}, {"text": "Wheeze"}], "severity": "severe"}],
    }


def test_what_is_not_known_of_an_allergy_is_kept_and_flagged() -> None:
    """A kind, a severity and a date that are none of those known stay as sent; what happened is not invented."""
    translation = read(message("ADT^A28", EVENT, PERSON, "AL1|1|ZZ|Z88.5|5||19980732"))
    allergy = resource(translation, "AllergyIntolerance")
    assert flags(translation) == {("unknown-code", "AL1-2"), ("unknown-code", "AL1-4"), ("bad-date", "AL1-6")}
    assert allergy["code"] == {"coding": [{"code": "Z88.5"}]}
    assert allergy["_category"] == [{"extension": [{"url": SOURCE_TEXT, "valueString": "ZZ"}]}]
    assert allergy["_onsetDateTime"]["extension"][0]["valueString"] == "19980732"
    (reaction,) = allergy["reaction"]
    assert reaction["_severity"]["extension"][0]["valueString"] == "5"
    assert reaction["manifestation"][0]["extension"][0]["valueCode"] == "unknown"
    assert not {"category", "onsetDateTime"} & set(allergy)


def test_a_diagnosis() -> None:
    """Code by the method of DG1-2, what was thought of it, when, by whom; the visit tells its use and rank."""
    translation = admitted(FRACTURE)
    told = resource(translation, "Condition")
    assert told["id"] == f"condition:{STAY}:http://hl7.org/fhir/sid/icd-10:S52.5:W"
    assert told["code"] == {
        "coding": [
            {
                "system": "http://hl7.org/fhir/sid/icd-10",
                "code": "S52.5",
                "display": "Fracture of lower end of radius",
            }
        ],
        "text": "Fracture of lower end of radius",
    }
    assert told["verificationStatus"]["coding"][0]["code"] == "provisional"
    assert told["category"][0]["coding"][0]["code"] == "encounter-diagnosis"
    assert (told["subject"], told["encounter"]) == ({"reference": PATIENT}, {"reference": STAY})
    assert (told["onsetDateTime"], told["recordedDate"]) == ("2026-02-28", "2026-03-01")
    assert told["asserter"]["display"] == "THOMAS MBEKI"
    assert resource(translation, "Encounter")["diagnosis"] == [
        {
            "condition": {"reference": f"Condition/{told['id']}"},
            "use": {
                "coding": [
                    {"system": "http://terminology.hl7.org/CodeSystem/v2-0052", "code": "W", "display": "Working"}
                ]
            },
            "rank": 1,
        }
    ]


def test_a_diagnosis_in_words_is_told_in_words() -> None:
    """DG1-4 alone: no code is made of it."""
    told = resource(admitted("DG1|1|||Fell off a ladder"), "Condition")
    assert told["code"] == {"text": "Fell off a ladder"}
    assert "verificationStatus" not in told


@pytest.mark.parametrize(("rank", "noted"), [("0", False), ("-1", True), ("first", True), ("99999999999", True)])
def test_a_rank_that_is_none_ranks_nothing(rank: str, noted: bool) -> None:  # noqa: FBT001  a parameter
    """Only a whole number from 1 does; 0 is a habit, anything else is flagged."""
    translation = admitted("DG1|1||S52.5||||||||||||" + rank)
    assert "rank" not in resource(translation, "Encounter")["diagnosis"][0]
    assert (("bad-number", "DG1-15") in flags(translation)) == noted


def test_a_procedure() -> None:
    """What was done, when, and by whom as what."""
    told = resource(admitted(REDUCTION, FRACTURE), "Procedure")
    assert told["id"] == f"procedure:{STAY}:https://fhir.nhs.uk/Id/opcs-4:W26.2:20260301080000"
    assert (told["status"], told["performedDateTime"]) == ("completed", "2026-03-01T08:00:00+00:00")
    (performer,) = told["performer"]
    assert (performer["function"]["coding"][0]["code"], performer["actor"]["display"]) == ("PPRF", "THOMAS MBEKI")
    assert told["encounter"] == {"reference": STAY}


@pytest.mark.parametrize(
    ("trigger", "when", "status"),
    [("A01", "20260301090000", "preparation"), ("A05", "20260301080000", "preparation"), ("A01", "", "completed")],
)
def test_a_procedure_to_come_is_not_done(trigger: str, when: str, status: str) -> None:
    """One after the event, or of a visit to come, is prepared; it is not told as done."""
    assert resource(admitted(f"PR1|1||W26.2||{when}", trigger=trigger), "Procedure")["status"] == status


def test_each_kind_in_the_message_is_told_whole() -> None:
    """Diagnoses and procedures are the visit's lists, allergies the patient's; a kind not in it is not spoken of."""
    assert admitted(PENICILLIN, FRACTURE, REDUCTION).wholes == (
        Whole("AllergyIntolerance", PATIENT),
        Whole("Procedure", STAY),
        Whole("Condition", STAY),
    )
    assert admitted(FRACTURE).wholes == (Whole("Condition", STAY),)
    assert admitted().wholes == ()


def test_a_list_with_a_segment_that_says_nothing_is_not_whole() -> None:
    """What could not be read may be on the list: nothing is taken off it. `""` in every one empties it."""
    translation = admitted(PENICILLIN, "AL1|2|DA|", "DG1|1|||", "PR1|1|||")
    assert translation.wholes == ()
    assert len(resources(translation, "AllergyIntolerance")) == 1
    assert admitted('DG1|1||""').wholes == (Whole("Condition", STAY),)


def test_without_a_visit_there_is_no_list_of_a_visit() -> None:
    """A diagnosis in a registration is the patient's; it takes nothing off any list."""
    translation = read(message("ADT^A31", EVENT, PERSON, PENICILLIN, FRACTURE))
    assert translation.wholes == (Whole("AllergyIntolerance", PATIENT),)
    told = resource(translation, "Condition")
    assert not {"encounter", "category"} & set(told)
    assert told["id"].startswith(f"condition:{PATIENT}:")


def test_the_same_code_is_one_and_the_same_resource_in_every_message() -> None:
    """So that a list sent again changes nothing."""
    first, again = (resource(admitted(FRACTURE, trigger=trigger), "Condition") for trigger in ("A01", "A08"))
    assert first == again


def test_allergies_may_come_in_a_segment_of_the_senders_own(tmp_path: Path) -> None:
    """The dialect says which segment, and which field holds what."""
    file = tmp_path / "site.toml"
    lines = ('base = "itk-2.4"', "[clinical.allergies]", 'segment = "ZAL"', "kind = 5", "code = 3", "since = 2")
    file.write_text("\n".join(lines))
    raw = message("ADT^A28", EVENT, PERSON, "ZAL|SNAPSHOT|20240105|LATEX^Latex||MA")
    translation = translate(parse(raw), load(str(file)), ReadableIds())
    allergy = resource(translation, "AllergyIntolerance")
    assert (allergy["code"]["text"], allergy["onsetDateTime"]) == ("Latex", "2024-01-05")
    assert translation.unmapped == ("EVN-5",)
