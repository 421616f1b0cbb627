"""What a message says, laid over what is known."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from tabard.dialect import Draft
from tabard.fhir import nhs_number
from tabard.link.merging import merge, united

MRN, CASE_NOTES = "urn:authority:RXX", "urn:authority:OLD"
GOOD, OTHER, BAD = "9434765919", "9990000018", "9434765918"


def patient(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": "p", **elements}


def number(value: str, system: str = MRN, **more: str) -> dict[str, str]:
    return {"system": system, "value": value, **more}


def nhs(value: str, **more: str) -> dict[str, str]:
    return number(value, nhs_number.SYSTEM, **more)


def laid_over(old: dict[str, Any] | None, *cleared: str, **elements: Any) -> dict[str, Any]:
    return merge(old, Draft(patient(**elements), frozenset(cleared)))


def test_of_an_unknown_resource_all_that_is_said_is_taken() -> None:
    """The first message makes the resource."""
    assert laid_over(None, gender="female") == patient(gender="female")


def test_what_a_message_leaves_out_keeps_its_old_value() -> None:
    """An omitted field says nothing."""
    assert laid_over(patient(gender="female"), birthDate="1965-12-13") == patient(
        gender="female", birthDate="1965-12-13"
    )


def test_what_a_message_says_replaces_the_old_value() -> None:
    """A list without parts of its own is replaced whole."""
    old = patient(name=[{"family": "Smith"}, {"family": "Jones", "use": "maiden"}])
    assert laid_over(old, name=[{"family": "Brown"}]) == patient(name=[{"family": "Brown"}])


def test_what_a_message_nulls_goes() -> None:
    """An explicit null empties the element, its extensions with it, and nothing else."""
    old = patient(gender="female", _gender={"extension": []}, birthDate="1965-12-13")
    assert laid_over(old, "gender") == patient(birthDate="1965-12-13")


def test_what_a_message_nulls_and_says_is_said() -> None:
    """One of two fields of an element is nulled, the other told: what is told stands."""
    old = patient(telecom=[{"use": "home", "value": "1"}, {"use": "work", "value": "2"}])
    assert laid_over(old, "telecom", telecom=[{"use": "work", "value": "3"}]) == patient(
        telecom=[{"use": "work", "value": "3"}]
    )


@pytest.mark.parametrize("element", ["id", "resourceType", "identifier", "subject", "meta"])
def test_what_a_resource_is_known_by_is_never_nulled(element: str) -> None:
    """No message can take away whose a resource is."""
    old = patient(identifier=[number("1")], subject={"reference": "Patient/p"}, meta={"source": "s"})
    assert laid_over(old, element) == old


def test_nulling_what_is_not_there_changes_nothing() -> None:
    """A habit of sending nulls does no harm where nothing is known."""
    assert laid_over(patient(), "gender", "period.end", "extension:https://example.org/x") == patient()


def test_a_part_of_a_period_is_told_or_nulled_by_itself() -> None:
    """Start and end come in fields of their own."""
    old = patient(period={"start": "2026-03-01", "end": "2026-03-02"})
    assert laid_over(old, "period.end")["period"] == {"start": "2026-03-01"}
    assert laid_over(old, period={"end": "2026-03-03"})["period"] == {"start": "2026-03-01", "end": "2026-03-03"}
    assert laid_over(patient(period={"end": "2026"}), "period.end") == patient()


def test_the_parts_of_a_hospital_stay_are_told_by_themselves() -> None:
    """A discharge tells where to and leaves from where as it was; extensions below go by their URL."""
    source = {"text": "home"}
    method, other = (
        {"url": "https://example.org/a.b", "valueCode": "1"},
        {"url": "https://example.org/c", "valueCode": "2"},
    )
    old = patient(hospitalization={"admitSource": source, "extension": [method]})
    told = laid_over(old, hospitalization={"dischargeDisposition": {"text": "ward"}, "extension": [other]})
    assert told["hospitalization"] == {
        "admitSource": source,
        "extension": [method, other],
        "dischargeDisposition": {"text": "ward"},
    }
    left = laid_over(told, "hospitalization.extension:https://example.org/a.b", "hospitalization.admitSource")
    assert left["hospitalization"] == {"extension": [other], "dischargeDisposition": {"text": "ward"}}


def test_an_extension_is_told_and_nulled_by_its_url() -> None:
    """One extension says nothing of another."""
    one, two = {"url": "https://a.example", "valueCode": "1"}, {"url": "https://b.example", "valueCode": "2"}
    newer = {"url": "https://a.example", "valueCode": "9"}
    assert laid_over(patient(extension=[one, two]), extension=[newer])["extension"] == [two, newer]
    assert laid_over(patient(extension=[one, two]), "extension:https://a.example")["extension"] == [two]
    assert laid_over(patient(extension=[one]), "extension:https://a.example") == patient()


def test_phones_are_told_by_use() -> None:
    """PID-13 says nothing of PID-14."""
    home, work = {"use": "home", "value": "1"}, {"use": "work", "value": "2"}
    assert laid_over(patient(telecom=[home, work]), telecom=[{"use": "home", "value": "3"}])["telecom"] == [
        work,
        {"use": "home", "value": "3"},
    ]


def test_practitioners_of_a_visit_are_told_by_what_they_are_to_it() -> None:
    """PV1-7 says nothing of PV1-8, and several of one kind are replaced together."""

    def taking_part(code: str, id_: str) -> dict[str, Any]:
        return {"type": [{"coding": [{"code": code}]}], "individual": {"reference": f"Practitioner/{id_}"}}

    old = patient(participant=[taking_part("ATND", "1"), taking_part("REF", "2"), taking_part("ATND", "3")])
    told = laid_over(old, participant=[taking_part("ATND", "4")])
    assert told["participant"] == [taking_part("REF", "2"), taking_part("ATND", "4")]


def test_a_practice_says_nothing_of_the_doctor() -> None:
    """PD1-3 and PD1-4 are told apart by what they refer to."""
    practice, doctor = {"reference": "Organization/1"}, {"reference": "Practitioner/2"}
    told = laid_over(
        patient(generalPractitioner=[practice, doctor]), generalPractitioner=[{"reference": "Organization/9"}]
    )
    assert told["generalPractitioner"] == [doctor, {"reference": "Organization/9"}]


def test_a_date_that_can_be_read_drives_out_the_one_that_could_not() -> None:
    """The raw text beside an element goes with the value that replaces it."""
    bad = {"extension": [{"url": "raw", "valueString": "196513121515"}]}
    old = laid_over(patient(birthDate="1965-12-13"), _birthDate=bad)
    assert old == patient(birthDate="1965-12-13", _birthDate=bad)
    assert laid_over(old, birthDate="1965-12-14") == patient(birthDate="1965-12-14")


def test_a_number_once_held_stays() -> None:
    """Identifiers are added up, what is newly told of one replaces what was known of it."""
    old = [number("1", use="usual"), number("7", CASE_NOTES)]
    assert united(old, [number("1"), number("2")]) == [number("1"), number("7", CASE_NOTES), number("2")]


def test_a_number_out_of_use_stays_so() -> None:
    """A sender that goes on with a merged number does not bring it back."""
    assert united([number("1", use="old")], [number("1")]) == [number("1", use="old")]


def test_a_person_has_one_nhs_number() -> None:
    """A corrected NHS number takes the place of the old one."""
    assert united([nhs(GOOD), number("1")], [nhs(OTHER)]) == [number("1"), nhs(OTHER)]


def test_an_nhs_number_that_fails_its_check_drives_out_none_that_passes() -> None:
    """Both are kept, the good one first; another bad one replaces the bad one only, a good one both."""
    both = united([nhs(GOOD)], [nhs(BAD)])
    assert both == [nhs(GOOD), nhs(BAD)]
    assert united(both, [nhs("1234567890")]) == [nhs(GOOD), nhs("1234567890")]
    assert united(both, [nhs(GOOD, use="official")]) == [nhs(GOOD, use="official")]
    assert united([nhs(BAD)], [nhs(GOOD)]) == [nhs(GOOD)]


def test_a_message_without_nhs_number_says_nothing_of_it() -> None:
    """Local numbers alone leave the NHS number."""
    assert united([nhs(GOOD)], [number("1")]) == [nhs(GOOD), number("1")]


values = st.sampled_from(["1", "2", GOOD, OTHER, BAD])
identifiers = st.lists(
    st.builds(number, values, st.sampled_from([MRN, CASE_NOTES, nhs_number.SYSTEM])), max_size=4, unique_by=repr
)


@given(identifiers, identifiers)
def test_uniting_loses_no_local_number_and_doubles_none(old: list[dict[str, str]], new: list[dict[str, str]]) -> None:
    """Every local number of both is there once, and the same message again changes nothing."""
    both = united(old, new)
    pairs = [(one["system"], one["value"]) for one in both]
    assert len(pairs) == len(set(pairs))
    assert {(one["system"], one["value"]) for one in old + new if one["system"] != nhs_number.SYSTEM} <= set(pairs)
    assert united(both, new) == both


elements = st.fixed_dictionaries(
    {},
    optional={
        "gender": st.sampled_from(["male", "female"]),
        "birthDate": st.sampled_from(["1965", "1966-01-01"]),
        "identifier": identifiers,
        "period": st.fixed_dictionaries({}, optional={"start": st.just("2026"), "end": st.just("2027")}),
    },
)


@given(elements, elements, st.frozensets(st.sampled_from(["gender", "birthDate", "period.end", "identifier"])))
def test_a_message_applied_twice_says_no_more_than_once(
    old: dict[str, Any], told: dict[str, Any], cleared: frozenset[str]
) -> None:
    """Merging is idempotent and changes neither of its arguments."""
    before, draft = repr(old), Draft(patient(**told), cleared)
    once = merge(patient(**old), draft)
    assert merge(once, draft) == once
    assert repr(old) == before


def test_what_is_known_of_a_number_stays_while_nothing_new_is_told_of_it() -> None:
    """A message without PID-32 leaves the verification status as it was."""
    status = {"url": "status", "valueCode": "01"}
    known = {**nhs(GOOD), "extension": [status]}
    assert united([known], [nhs(GOOD)]) == [known]
    newer = {**nhs(GOOD), "extension": [{"url": "status", "valueCode": "02"}]}
    assert united([known], [newer]) == [newer]


def test_a_doctor_by_name_alone_takes_the_place_of_the_doctor() -> None:
    """PD1-4 without a code still says who the GP is now."""
    practice, coded = {"reference": "Organization/1"}, {"reference": "Practitioner/2"}
    named = {"type": "Practitioner", "display": "Dr New"}
    told = laid_over(patient(generalPractitioner=[practice, coded]), generalPractitioner=[named])
    assert told["generalPractitioner"] == [practice, named]


def test_a_part_of_a_list_is_nulled_by_what_it_is() -> None:
    """A nulled PV1-7 takes the consultant and leaves the referrer; a nulled PID-13 leaves the phone at work."""
    consultant, referrer = ({"type": [{"coding": [{"code": code}]}]} for code in ("ATND", "REF"))
    old = patient(participant=[consultant, referrer], telecom=[{"use": "home", "value": "1"}])
    assert laid_over(old, "participant:ATND", "telecom:home") == patient(participant=[referrer])
    assert laid_over(old, "participant:CON", "telecom:work") == old
