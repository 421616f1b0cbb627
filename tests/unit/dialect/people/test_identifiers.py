"""Which numbers find a patient, and which are only kept."""

import pytest

from tabard.dialect import FAILED_CHECK, Reason, Untranslatable
from unit.dialect.messages import PERSON, ReadableIds, admission, flags, read, resource, with_field

NHS = "https://fhir.nhs.uk/Id/nhs-number"
STATUS = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus"


def with_numbers(numbers: str, status: str = "") -> bytes:
    return admission(person=with_field(with_field(PERSON, 3, numbers), 32, status))


def test_both_numbers_are_kept_and_find_the_patient() -> None:
    """The local number has a system made from its authority; the NHS number its own; both are in the key."""
    ids = ReadableIds()
    patient = resource(read(with_numbers("M42^^^RXX~9990000018^^^NHS"), ids), "Patient")
    local, national = patient["identifier"]
    assert (local["system"], local["value"]) == ("urn:tabard:authority:RXX", "M42")
    assert local["type"]["coding"][0]["code"] == "MR"
    assert (national["system"], national["value"]) == (NHS, "9990000018")
    assert ids.key.local == (("urn:tabard:authority:RXX", "M42"),)
    assert ids.key.nhs_number == "9990000018"
    assert (ids.key.birth_date, ids.key.family) == ("1971-06-04", "OKAFOR")


@pytest.mark.parametrize("code", [f"0{n}" for n in range(1, 9)])
def test_the_verification_status_is_that_of_uk_core(code: str) -> None:
    """NSTS01 to NSTS08 among other codes of PID-32 become the extension on the NHS number, and only there."""
    patient = resource(read(with_numbers("M42^^^RXX~9990000018^^^NHS", f"ED~NSTS{code}")), "Patient")
    local, national = patient["identifier"]
    assert "extension" not in local
    (status,) = national["extension"]
    assert status["url"] == STATUS
    (coding,) = status["valueCodeableConcept"]["coding"]
    assert coding["system"] == "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland"
    assert coding["code"] == code
    assert coding["display"]


def test_two_statuses_are_none() -> None:
    """Two verification statuses contradict each other: neither is taken, and a flag says so."""
    translation = read(with_numbers("M42^^^RXX~9990000018^^^NHS", "NSTS01~NSTS05"))
    assert "extension" not in resource(translation, "Patient")["identifier"][1]
    assert ("several-nhs-number-statuses", "PID-32") in flags(translation)


@pytest.mark.parametrize("status", ["NSTS02", "NSTS05", "NSTS01~NSTS05"])
def test_a_number_that_is_not_verified_finds_nobody(status: str) -> None:
    """It is kept with what is told of it; the hospital's own number finds the patient, and without one nothing does."""
    ids = ReadableIds()
    translation = read(with_numbers("M42^^^RXX~9990000018^^^NHS", status), ids)
    assert resource(translation, "Patient")["identifier"][1]["value"] == "9990000018"
    assert ids.key.nhs_number is None
    with pytest.raises(Untranslatable, match="not verified") as told:
        read(with_numbers("9990000018^^^NHS", status))
    assert told.value.reason is Reason.no_patient_identifier


@pytest.mark.parametrize(
    ("number", "flag"),
    [
        ("9990000019", "bad-nhs-number"),
        ("999 000 0018", "bad-nhs-number"),
        ("12", "bad-nhs-number"),
        ("0000000000", "placeholder-nhs-number"),
        ("9999999999", "placeholder-nhs-number"),
    ],
)
def test_a_number_that_fails_its_check_is_kept_and_never_used(number: str, flag: str) -> None:
    """It is in the resource as sent, marked and flagged, and not in what finds the patient."""
    ids = ReadableIds()
    translation = read(with_numbers(f"M42^^^RXX~{number}^^^NHS"), ids)
    kept = resource(translation, "Patient")["identifier"][1]
    assert (kept["system"], kept["value"]) == (NHS, number)
    assert FAILED_CHECK in [told["url"] for told in kept["extension"]]
    assert (flag, "PID-3") in flags(translation)
    assert ids.key.nhs_number is None
    assert ids.key.local == (("urn:tabard:authority:RXX", "M42"),)


def test_two_nhs_numbers_find_nobody() -> None:
    """Two different numbers that pass are both kept; neither is in the key."""
    ids = ReadableIds()
    translation = read(with_numbers("M42^^^RXX~9990000018^^^NHS~9990000026^^^NHS"), ids)
    assert len(resource(translation, "Patient")["identifier"]) == 3
    assert ids.key.nhs_number is None
    assert ("several-nhs-numbers", "PID-3") in flags(translation)


def test_the_same_number_twice_is_one() -> None:
    """A repeated number is neither two identifiers nor a doubt."""
    ids = ReadableIds()
    translation = read(with_numbers("9990000018^^^NHS~9990000018^^^NHS"), ids)
    assert len(resource(translation, "Patient")["identifier"]) == 1
    assert ids.key.nhs_number == "9990000018"


@pytest.mark.parametrize(
    ("numbers", "why"),
    [
        ("", "it holds none"),
        ('""', "it holds none"),
        ("^^^RXX", "it holds none"),
        ("~~", "it holds none"),
        ("M42", "without its assigning authority"),
        ("9990000019^^^NHS", "fails its check"),
        ("0000000000^^^NHS", "placeholder"),
        ("9990000018^^^NHS~9990000026^^^NHS", "several NHS numbers"),
    ],
)
def test_who_cannot_be_found_is_not_translated(numbers: str, why: str) -> None:
    """Without a number that has an authority, or a sound NHS number, the message says nobody: it is refused, saying why."""
    with pytest.raises(Untranslatable, match=why) as refusal:
        read(with_numbers(numbers))
    assert refusal.value.reason is Reason.no_patient_identifier
    assert refusal.value.place == "PID-3"


def test_a_number_without_authority_is_kept_beside_others() -> None:
    """Nobody says whose number it is: it is kept without a system, flagged, and finds nobody."""
    ids = ReadableIds()
    translation = read(with_numbers("77~M42^^^RXX"), ids)
    assert "system" not in resource(translation, "Patient")["identifier"][0]
    assert ("no-authority", "PID-3") in flags(translation)
    assert ids.key.local == (("urn:tabard:authority:RXX", "M42"),)


def test_an_authority_may_be_named_by_its_universal_id() -> None:
    """An HD without a namespace is known by its OID; what is not fit for a URI is encoded."""
    ids = ReadableIds()
    read(with_numbers("M42^^^&2.16.840.1.113883.3.2540.1&ISO~9^^^A B"), ids)
    assert ids.key.local == (
        ("urn:tabard:authority:2.16.840.1.113883.3.2540.1", "M42"),
        ("urn:tabard:authority:A%20B", "9"),
    )


def test_a_number_is_never_cut_down_to_another() -> None:
    """What follows an unescaped "&" belongs to the number: M42&9 is not M42, and 9990000018&1 no NHS number."""
    ids = ReadableIds()
    translation = read(with_numbers("M42&9^^^RXX~9990000018&1^^^NHS"), ids)
    assert ids.key.local == (("urn:tabard:authority:RXX", "M42&9"),)
    assert ids.key.nhs_number is None
    assert ("bad-nhs-number", "PID-3") in flags(translation)
