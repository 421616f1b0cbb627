"""A write is kept and sent once, shown for what it is until it comes back, and refused where anything of it is in doubt."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tabard.fhir import decode
from tabard.link.out import OutState
from tabard.link.writeback import (
    AlreadyWritten,
)
from unit.link.writeback.a_hospital import OWN, Hospital, a_hospital, temperature
from unit.link.writeback.writes import conclude, reason, tag


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[Hospital]:
    """A hospital that writes back all that can be."""
    with a_hospital(tmp_path, updates_patients=True) as made:
        yield made


def test_a_write_is_in_the_record_as_pending_and_in_the_outbox(hospital: Hospital) -> None:
    """It says itself that it is not in the record system; the message names the patient and our number."""
    taken = hospital.write(temperature(hospital.patient()))
    held = hospital.read(taken.write.resource)
    assert (tag(held), reason(held)) == ("pending", "It is kept and waits to be sent.")
    assert held["meta"]["source"] == "urn:tabard:product:board"
    ((*_, pid, obr, obx),) = hospital.sent()
    assert pid.startswith("PID|1||1001^^^RXX|")
    assert obr.split("|")[3] == f"{taken.write.control_id}^TABARD"
    assert obx.split("|")[5] == "37.1"
    assert taken.is_new
    assert hospital.back.states(hospital.patient()) == (taken.write,)


def test_the_same_again_is_the_first_one(hospital: Hospital) -> None:
    """A product that got no answer writes again under its identifier: one resource, one message."""
    first = hospital.write(temperature(hospital.patient()))
    again = hospital.write(temperature(hospital.patient()))
    asked = hospital.write(temperature(hospital.patient(), 36.0), if_none_exist=(OWN, "t1"))
    assert again.write.resource == asked.write.resource == first.write.resource
    assert (again.is_new, asked.is_new) == (False, False)
    assert len(hospital.sent()) == len(hospital.observations()) == 1


def test_another_content_under_the_same_identifier_is_refused(hospital: Hospital) -> None:
    """It is neither the first one nor lost without a word."""
    hospital.write(temperature(hospital.patient()))
    with pytest.raises(AlreadyWritten):
        hospital.write(temperature(hospital.patient(), 40.2))
    assert len(hospital.sent()) == 1


def test_identifiers_of_one_patient_say_nothing_of_another(hospital: Hospital) -> None:
    """The same identifier for another patient is another write, as is one of another product's."""
    other = hospital.patient("1002")
    first = hospital.write(temperature(hospital.patient()))
    second = hospital.write(temperature(other), patient=other)
    assert first.write.resource != second.write.resource
    assert second.is_new


@pytest.mark.parametrize(
    ("state", "shown"),
    [(OutState.accepted, "accepted"), (OutState.rejected, "rejected")],
)
def test_the_answer_is_shown(hospital: Hospital, state: OutState, shown: str) -> None:
    """What the outbox comes to is the tag and the reason of the resource."""
    taken = hospital.write(temperature(hospital.patient()))
    conclude(hospital, taken.write.number, state)
    hospital.turn()
    held = hospital.read(taken.write.resource)
    assert tag(held) == shown
    assert hospital.back.states(hospital.patient())[0].state == shown
    if state is OutState.accepted:
        assert "Received is not filed" in reason(held)


def test_a_change_of_a_patient_goes_out_and_the_record_keeps_what_it_knows(hospital: Hospital) -> None:
    """A telephone number as an ADT^A31; what is read changes when the record system says so."""
    whom = hospital.patient()
    held = hospital.read(f"Patient/{whom}")
    version = int(held["meta"]["versionId"])
    changed = held | {"telecom": [{"system": "phone", "use": "home", "value": "0161 496 0000"}]}
    taken = hospital.write(changed, version=version)
    assert hospital.write(changed, version=version).write.id == taken.write.id
    (lines,) = hospital.sent()
    assert "ADT^A31" in lines[0]
    assert "0161 496 0000" in lines[2]
    assert hospital.read(f"Patient/{whom}") == held
    assert [one.resource for one in hospital.back.states(whom)] == [f"Patient/{whom}"]


def test_stored_is_what_is_shown(hospital: Hospital) -> None:
    """The answer to the product is the resource with its tag."""
    taken = hospital.write(temperature(hospital.patient()))
    assert taken.stored is not None
    assert tag(decode(taken.stored.body)) == "pending"
