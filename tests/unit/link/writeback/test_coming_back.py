"""What comes back over the feed is ours: confirmed, there once, and never written again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tabard.link.out import OutState
from tabard.link.writeback import (
    WriteState,
)
from unit.link.itk import SMITH, Who, merge
from unit.link.writeback.a_hospital import OWN, Hospital, a_hospital, temperature
from unit.link.writeback.writes import appointment, conclude, document, echo, pressure, tag


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[Hospital]:
    """A hospital that writes back all that can be."""
    with a_hospital(tmp_path, updates_patients=True) as made:
        yield made


def test_what_comes_back_is_confirmed_and_there_once(hospital: Hospital) -> None:
    """The record system's word takes the place of ours under the same id, marks gone; a later answer brings none back."""
    taken = hospital.write(temperature(hospital.patient()))
    hospital.receive(echo(hospital.sent()[0], OBX5="37.2"))
    conclude(hospital, taken.write.number, OutState.accepted)
    hospital.turn()
    (held,) = hospital.observations()
    assert f"Observation/{held['id']}" == taken.write.resource
    assert (tag(held), held.get("extension"), str(held["valueQuantity"]["value"])) == (None, None, "37.2")
    assert held["identifier"][0] == {"system": OWN, "value": "t1"}
    assert held["meta"]["source"] == "urn:tabard:link:pas"
    assert hospital.back.entries()[0].state is WriteState.confirmed


def test_our_number_as_the_placers_is_ours_too(hospital: Hospital) -> None:
    """A record system that numbers it anew and tells ours in OBR-2 makes no second one; nor does its correction."""
    hospital.write(temperature(hospital.patient()))
    ours = hospital.sent()[0][2].split("|")[3]
    hospital.receive(echo(hospital.sent()[0], OBR2=ours, OBR3="LAB77^LAB"))
    hospital.receive(echo(hospital.sent()[0], OBR2=ours, OBR3="LAB77^LAB", OBX5="36.6", OBX11="C", MSH9="T2"))
    (held,) = hospital.observations()
    assert (str(held["valueQuantity"]["value"]), held["status"]) == ("36.6", "corrected")


def test_a_blood_pressure_comes_back_as_one(hospital: Hospital) -> None:
    """Two lines of one order are the two components that they were, with the values that came back."""
    taken = hospital.write(pressure(hospital.patient()))
    lines = hospital.sent()[0]
    assert sum(line.startswith("OBX") for line in lines) == 2
    hospital.receive(echo([line.replace("||120|", "||118|") for line in lines]))
    (held,) = hospital.observations()
    assert f"Observation/{held['id']}" == taken.write.resource
    assert [str(one["valueQuantity"]["value"]) for one in held["component"]] == ["118", "80"]
    assert held["code"]["coding"][0]["code"] == "85354-9"
    assert tag(held) is None
    (report,) = hospital.record.search("DiagnosticReport", []).matches
    assert report.resource()["result"] == [{"reference": taken.write.resource}]


def test_documents_and_appointments_come_back_as_ours(hospital: Hospital) -> None:
    """Known by TXA-12 and SCH-2."""
    whom = hospital.patient()
    for made in (document(whom), appointment(whom)):
        taken = hospital.write(made)
        assert tag(hospital.read(taken.write.resource)) == "pending"
        hospital.receive(echo(hospital.sent()[-1]))
        assert tag(hospital.read(taken.write.resource)) is None
    hospital.turn()
    assert {one.state for one in hospital.back.entries()} == {WriteState.confirmed}


def test_an_echo_about_another_patient_confirms_nothing(hospital: Hospital) -> None:
    """Our number on somebody else's result is parked, and what is pending stays so."""
    taken = hospital.write(temperature(hospital.patient()))
    with pytest.raises(AssertionError, match="result_of_another_patient"):
        hospital.receive(echo(hospital.sent()[0], PID3="1002^^^RXX", PID5="JONES^ANNA"))
    hospital.turn()
    assert tag(hospital.read(taken.write.resource)) == "pending"


def test_a_replay_writes_nothing_back(hospital: Hospital) -> None:
    """What is given again may confirm; it never makes a message."""
    hospital.write(temperature(hospital.patient()))
    hospital.receive(echo(hospital.sent()[0]), is_replay=True)
    hospital.turn()
    assert len(hospital.sent()) == 1


def test_what_was_written_moves_with_a_merge(hospital: Hospital) -> None:
    """A pending result of a registration that is given up is the survivor's."""
    taken = hospital.write(temperature(hospital.patient()))
    hospital.receive(merge(Who("1002", family="JONES"), SMITH))
    held = hospital.read(taken.write.resource)
    assert held["subject"]["reference"] == f"Patient/{hospital.patient('1002')}"
    assert tag(held) == "pending"


def test_an_answer_that_is_shown_while_the_echo_comes_brings_no_mark_back(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look for echoes and the mark the record may have changed: the record is asked again."""
    taken = hospital.write(temperature(hospital.patient()))
    conclude(hospital, taken.write.number, OutState.accepted)
    monkeypatch.setattr(hospital.back._carrying, "_look_for_echoes", lambda: None)
    hospital.receive(echo(hospital.sent()[0]))
    hospital.turn()
    assert tag(hospital.observations()[0]) is None
