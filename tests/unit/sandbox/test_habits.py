"""Habits: the same event in another site's manner, changed in just the fields that the habit is about."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tabard.sandbox import CAMIS, HOMERTON, LORENZO, Habits, Merge, PretendLorenzo, PretendMillennium
from unit.sandbox.conftest import Receiver

NOON = datetime(2026, 7, 2, 11, 0, tzinfo=UTC)


@pytest.fixture
def lorenzo(receiver: Receiver) -> Iterator[PretendLorenzo]:
    there = PretendLorenzo("127.0.0.1", receiver.port, seed=1, clock=lambda: NOON)
    yield there
    there.close()


def segments(message: bytes) -> dict[str, list[str]]:
    return {line.split("|")[0]: line.split("|") for line in message.decode().split("\r") if line}


def test_plain_habits_change_nothing(lorenzo: PretendLorenzo) -> None:
    """The voice's own manner has no more than the four segments."""
    assert list(segments(lorenzo.admit("AMU").message)) == ["MSH", "EVN", "PID", "PD1", "PV1"]


def test_camis_nulls_what_it_does_not_ask(lorenzo: PretendLorenzo) -> None:
    """MSH-15 and MSH-16 are `""`."""
    lorenzo.habits = CAMIS
    assert segments(lorenzo.admit("AMU").message)["MSH"][14:16] == ['""', '""']


def test_homerton_tells_in_words_with_nulls_and_the_number_in_pid_19(lorenzo: PretendLorenzo) -> None:
    """Display text, `""` where nothing is, an escaped `&` left in, the NHS number bare in PID-19, reason and kin behind."""
    lorenzo.habits = HOMERTON
    sent = lorenzo.admit("AMU")
    told, person = segments(sent.message), sent.event.person
    assert told["PID"][3] == f"{person.mrn}^^^RZZ"
    assert told["PID"][19] == (person.nhs_number or '""')
    assert told["PID"][8] in {"Male", "Female", "Not Specified"}
    assert told["PV1"][4] == r"Emergency-A\T\E/Dental"
    assert "" not in told["PV1"]
    assert {"NK1", "PV2"} <= told.keys()


def test_what_stands_behind_a_stay_comes_with_it(lorenzo: PretendLorenzo) -> None:
    """Diagnosis, next of kin and reason with an admission, an allergy for some, none with a move."""
    lorenzo.habits = LORENZO
    admitted = [lorenzo.admit("AMU") for _ in range(16)]
    told = [segments(one.message) for one in admitted]
    assert all({"NK1", "PV2", "DG1"} <= one.keys() for one in told)
    assert 0 < sum("AL1" in one for one in told) < 16
    assert "DG1" not in segments(lorenzo.transfer(admitted[0].event.person.mrn, "Rowan").message)


@pytest.mark.parametrize(("merge", "named"), [(Merge.a34, "ADT^A34^ADT_A30"), (Merge.a40, "ADT^A40^ADT_A39")])
def test_a_merge_is_told_by_the_trigger_of_the_site(lorenzo: PretendLorenzo, merge: Merge, named: str) -> None:
    """A34 or A40."""
    lorenzo.habits = Habits(merge=merge)
    person = lorenzo.admit("AMU").event.person
    double = lorenzo.register(lorenzo.double_of(person.mrn)).event.person
    assert segments(lorenzo.merge(person.mrn, double.mrn).message)["MSH"][8] == named


def test_a_millennium_too_has_habits(receiver: Receiver) -> None:
    """Version 2.3 names no structure, EVN-1 repeats the trigger, and the NHS number can be in PID-19."""
    there = PretendMillennium("127.0.0.1", receiver.port, seed=1, clock=lambda: NOON)
    there.habits = Habits(merge=Merge.a40, is_nhs_in_pid_19=True)
    person = next(one for one in (there.admit("Heron").event.person for _ in range(9)) if one.nhs_number)
    double = there.register(there.double_of(person.mrn)).event.person
    told = segments(there.merge(person.mrn, double.mrn).message)
    there.close()
    assert (told["MSH"][8], told["EVN"][1]) == ("ADT^A40", "A40")
    assert (told["PID"][3], told["PID"][19]) == (f"{person.mrn}^^^Millpond MRN^MRN^CD:5294405", person.nhs_number)
