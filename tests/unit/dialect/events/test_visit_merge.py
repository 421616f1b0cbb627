"""Visits given up for another, visits moved to another patient, and numbers that change."""

from pathlib import Path

import pytest

from tabard.dialect import Event, PatientKey, Reason, Translation, Untranslatable, load, translate
from tabard.hl7v2 import parse
from unit.dialect.messages import EVENT, PERSON, VISIT, ReadableIds, message, read, resource, resources

KEPT, GIVEN_UP = (f"encounter:urn:tabard:visit:VISITID:{n}" for n in (70042, 70041))
OTHER = "^^^RXX||||"


def sent(trigger: str, *segments: str, ids: ReadableIds | None = None) -> Translation:
    return read(message(f"ADT^{trigger}", EVENT, PERSON, *segments), ids)


def refused(trigger: str, *segments: str) -> tuple[Reason, str]:
    with pytest.raises(Untranslatable) as refusal:
        sent(trigger, *segments)
    return refusal.value.reason, refusal.value.place


@pytest.mark.parametrize("trigger", ["A35", "A42"])
def test_of_two_visits_that_were_one_mrg_names_the_one_given_up(trigger: str) -> None:
    """PV1-19 stays, MRG-5 goes; no patient is given up, and no Encounter is told: only which becomes which."""
    translation = sent(trigger, VISIT, "MRG|M42^^^RXX||||70041^^^VISITID")
    assert translation.event is Event.merge_visits
    assert (translation.visit_id, translation.prior_visit_ids) == (KEPT, (GIVEN_UP,))
    assert (translation.patient_id, translation.prior_patient_id) == ("patient-M42", None)
    assert not resources(translation, "Encounter")


def test_a_merge_of_visits_without_a_patient_in_mrg_is_of_this_one() -> None:
    """MRG-1 may be empty: the visits are those of the patient in PID."""
    assert sent("A42", VISIT, "MRG|||||70041^^^VISITID").prior_visit_ids == (GIVEN_UP,)


@pytest.mark.parametrize(
    ("segments", "why"),
    [
        ((VISIT,), (Reason.missing_segment, "MRG")),
        ((VISIT, "MRG|M42^^^RXX"), (Reason.no_visit_number, "MRG-5")),
        (("MRG|M42^^^RXX||||70041^^^VISITID",), (Reason.no_visit_number, "PV1-19")),
        ((VISIT, "MRG|M42^^^RXX||||70042^^^VISITID"), (Reason.merge_with_itself, "MRG-5")),
        ((VISIT, f"MRG|M41{OTHER}70041^^^VISITID"), (Reason.several_patients, "MRG-1")),
    ],
)
def test_a_merge_of_visits_that_says_too_little_is_refused(segments: tuple[str, ...], why: tuple[Reason, str]) -> None:
    """Which visit goes, which stays, that they are two, and that they are one patient's: none of it is guessed."""
    assert refused("A35", *segments) == why


@pytest.mark.parametrize("trigger", ["A44", "A45"])
def test_a_visit_is_moved_to_the_patient_in_pid(trigger: str) -> None:
    """The visit of MRG-5 was filed under the patient of MRG-1, and is of the patient in PID-3; its number stays."""
    ids = ReadableIds()
    translation = sent(trigger, f"MRG|M41{OTHER}70042^^^VISITID", VISIT, ids=ids)
    assert translation.event is Event.move_visits
    assert (translation.patient_id, translation.prior_patient_id) == ("patient-M42", "patient-M41")
    assert (translation.visit_id, translation.prior_visit_ids) == (KEPT, (KEPT,))
    assert ids.prior_key.local == (("urn:tabard:authority:RXX", "M41"),)
    assert [one["value"] for one in resource(translation, "Patient")["identifier"]] == ["M42", "9990000018"]


def test_several_visits_may_be_moved_at_once() -> None:
    """A45 repeats MRG and PV1: all visits are named, none is singled out."""
    other = VISIT.replace("70042^^^VISITID", "70043^^^VISITID")
    translation = sent("A45", f"MRG|M41{OTHER}70042^^^VISITID", VISIT, f"MRG|M41{OTHER}70043^^^VISITID", other)
    assert translation.prior_visit_ids == (KEPT, "encounter:urn:tabard:visit:VISITID:70043")
    assert translation.visit_id is None


@pytest.mark.parametrize(
    ("segments", "why"),
    [
        ((), (Reason.missing_segment, "MRG")),
        (("MRG|M41^^^RXX",), (Reason.no_visit_number, "MRG-5")),
        (("MRG|||||70042^^^VISITID",), (Reason.no_patient_identifier, "MRG-1")),
        (("MRG|M42^^^RXX||||70042^^^VISITID",), (Reason.merge_with_itself, "MRG-1")),
        ((f"MRG|M41{OTHER}70041^^^VISITID", VISIT), (Reason.unsupported_event, "MRG-5")),
        ((f"MRG|M41{OTHER}1^^^VISITID", f"MRG|M40{OTHER}2^^^VISITID"), (Reason.several_patients, "MRG-1")),
    ],
)
def test_a_move_that_says_too_little_is_refused(segments: tuple[str, ...], why: tuple[Reason, str]) -> None:
    """Whose visit, which one, and that it keeps its number: a visit on the wrong patient is worse than a parked message."""
    assert refused("A44", *segments) == why


def test_a_site_may_move_every_visit(tmp_path: Path) -> None:
    """Where the dialect says so, a move that names no visit is of all of them."""
    file = tmp_path / "site.toml"
    file.write_text('base = "itk-2.4"\n[visits]\nmay_move_all = true\n')
    raw = message("ADT^A44", EVENT, PERSON, "MRG|M41^^^RXX")
    translation = translate(parse(raw), load(str(file)), ReadableIds())
    assert (translation.prior_patient_id, translation.prior_visit_ids) == ("patient-M41", ())


@pytest.mark.parametrize("trigger", ["A46", "A47"])
def test_a_number_that_changes_keeps_the_old_one_beside_it(trigger: str) -> None:
    """The person goes on under PID-3; the number of MRG-1 stays as an old one, and both keys are asked for."""
    ids = ReadableIds()
    translation = sent(trigger, "MRG|M41^^^RXX", ids=ids)
    assert translation.event is Event.change_numbers
    assert (translation.patient_id, translation.prior_patient_id) == ("patient-M42", "patient-M41")
    assert ids.prior_key == PatientKey(local=(("urn:tabard:authority:RXX", "M41"),))
    told = [(one["value"], one.get("use")) for one in resource(translation, "Patient")["identifier"]]
    assert told == [("M42", None), ("9990000018", None), ("M41", "old")]


def test_a_number_that_changes_into_itself_is_refused() -> None:
    """Nothing would have changed: the sender is asked what was meant."""
    assert refused("A47", "MRG|M42^^^RXX") == (Reason.merge_with_itself, "MRG-1")
