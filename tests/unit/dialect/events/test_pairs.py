"""Messages about two patients: a swap of beds, two people linked, a link undone."""

import pytest

from tabard.dialect import Event, PatientKey, Reason, Untranslatable, translate
from tabard.hl7v2 import parse
from unit.dialect.messages import EVENT, ITK, PERSON, PRACTICE, VISIT, ReadableIds, flags, message, read, resource

SECOND = PERSON.replace("M42^^^RXX~9990000018^^^NHS", "M77^^^RXX").replace("OKAFOR^ADAEZE", "HOLT^MIRIAM")
SECOND_VISIT = VISIT.replace("70042^^^VISITID", "70077^^^VISITID").replace("BAY2-3", "BAY2-4")


class EveryKey(ReadableIds):
    """Remembers every patient it was asked for, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[str] = []

    def patient(self, key: PatientKey) -> str:
        """The id of the first number."""
        self.keys.append(key.local[0][1])
        return super().patient(key)


def test_a_swap_tells_each_patient_with_the_visit_that_follows() -> None:
    """Each PID has its own PV1: neither bed goes to the other's visit."""
    ids = EveryKey()
    raw = message("ADT^A17", EVENT, PERSON, PRACTICE, VISIT, SECOND, SECOND_VISIT)
    first = translate(parse(raw), ITK, ids)
    (second,) = first.also
    assert (first.event, second.event, second.also) == (Event.swap, Event.swap, ())
    assert [(one.patient_id, one.visit_id) for one in (first, second)] == [
        ("patient-M42", "encounter:urn:tabard:visit:VISITID:70042"),
        ("patient-M77", "encounter:urn:tabard:visit:VISITID:70077"),
    ]
    beds = [resource(one, "Encounter")["location"][1]["location"]["display"] for one in (first, second)]
    assert beds == ["BAY2-3", "BAY2-4"]
    assert [resource(one, "Patient")["name"][0]["family"] for one in (first, second)] == ["OKAFOR", "HOLT"]
    assert "generalPractitioner" not in resource(second, "Patient")
    assert first.occurred == second.occurred
    assert ids.keys == ["M42", "M77"]


@pytest.mark.parametrize(("trigger", "event"), [("A24", Event.link_people), ("A37", Event.unlink_people)])
def test_a_link_and_its_undoing_name_both(trigger: str, event: Event) -> None:
    """Both are told as people; no visit is, and nobody is given up."""
    first = read(message(f"ADT^{trigger}", EVENT, PERSON, VISIT, SECOND))
    (second,) = first.also
    assert first.event is event
    assert (first.patient_id, second.patient_id, first.prior_patient_id) == ("patient-M42", "patient-M77", None)
    assert (first.visit_id, second.visit_id) == (None, None)
    assert not any(one.resource["resourceType"] == "Encounter" for one in first.drafts)


@pytest.mark.parametrize(
    ("segments", "why"),
    [
        ((VISIT,), Reason.missing_segment),
        ((PERSON, VISIT), Reason.missing_segment),
        ((PERSON, VISIT, SECOND), Reason.missing_segment),
        ((PERSON, VISIT, SECOND, SECOND_VISIT, SECOND), Reason.several_patients),
        ((PERSON, VISIT, PERSON, SECOND_VISIT), Reason.merge_with_itself),
    ],
)
def test_a_swap_of_anything_but_two_is_refused(segments: tuple[str, ...], why: Reason) -> None:
    """Two patients, each with a visit, and not the same one twice."""
    with pytest.raises(Untranslatable) as refusal:
        read(message("ADT^A17", EVENT, *segments))
    assert refusal.value.reason is why


def test_two_patients_in_any_other_event_are_refused() -> None:
    """What stands between two PIDs of an update may be of either patient."""
    with pytest.raises(Untranslatable) as refusal:
        read(message("ADT^A08", EVENT, PERSON, VISIT, SECOND, SECOND_VISIT))
    assert refusal.value.reason is Reason.several_patients


def test_each_patient_has_flags_of_their_own() -> None:
    """A fault of the second is no fault of the first."""
    first = read(message("ADT^A17", EVENT, PERSON, VISIT, SECOND.replace("|2|", "|X|"), SECOND_VISIT))
    assert not flags(first)
    assert flags(first.also[0]) == {("unknown-code", "PID-8")}
