"""PretendLorenzo tells every event until it is acknowledged, and never twice differently."""

import socket
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tabard.sandbox import C_REACTIVE_PROTEIN, VITAL_SIGNS, PretendLorenzo, Undelivered
from unit.sandbox.conftest import Receiver

NOON = datetime(2026, 7, 2, 11, 0, tzinfo=UTC)


def a_lorenzo(port: int, patience_s: float | None = 5.0) -> PretendLorenzo:
    return PretendLorenzo("127.0.0.1", port, seed=1, clock=lambda: NOON, patience_s=patience_s)


def fields(message: bytes, segment: str) -> list[str]:
    found = next(line for line in message.decode().split("\r") if line.startswith(segment))
    return [segment, *found.split("|")] if segment == "MSH" else found.split("|")


def test_an_admission_says_who_where_under_whom_and_since_when(receiver: Receiver) -> None:
    """A01 has header, numbers, ward, bed, site, consultant, visit and local time in the fields of the ITK pack."""
    lorenzo = a_lorenzo(receiver.port)
    event = lorenzo.admit("Fern", "B2").event
    lorenzo.close()
    (message,) = receiver.heard
    msh, pid, pv1 = (fields(message, name) for name in ("MSH", "PID", "PV1"))
    assert (msh[3], msh[9], msh[12], msh[18], msh[21]) == (
        "LORENZO",
        "ADT^A01^ADT_A01",
        "2.4",
        "UNICODE UTF-8",
        "ITKv1.0",
    )
    assert pid[3] == f"{event.person.mrn}^^^RZZ~{event.person.nhs_number}^^^NHS"
    assert pid[22] == event.person.ethnic
    assert pid[32] == event.person.nhs_status
    assert pv1[3] == "^Fern^B2^RZZ01"
    assert pv1[7].startswith("C9999103^Mistry^Jaya")
    assert event.stay is not None
    assert pv1[19] == f"{event.stay.visit}^^^VISITID"
    assert pv1[44] == "20260702120000"
    assert pv1[45] == ""
    assert len(msh[10]) <= 20


def test_every_verb_tells_its_trigger(receiver: Receiver) -> None:
    """Each thing that can happen is told by its own message type and structure."""
    lorenzo = a_lorenzo(receiver.port)
    person = lorenzo.admit("AMU").event.person
    lorenzo.transfer(person.mrn, "Rowan", "A1")
    lorenzo.cancel_transfer(person.mrn)
    lorenzo.update(replace(person, family="O'Brien & Sons|"))
    lorenzo.discharge(person.mrn)
    lorenzo.update(person)
    lorenzo.cancel_discharge(person.mrn)
    double = lorenzo.double_of(person.mrn)
    lorenzo.register(double)
    lorenzo.merge(person.mrn, double.mrn)
    lorenzo.result(person.mrn, C_REACTIVE_PROTEIN, ["<5"])
    lorenzo.result_for_stranger()
    lorenzo.cancel_admit(person.mrn)
    lorenzo.close()
    told = [fields(message, "MSH")[9].split("^")[1] for message in receiver.heard]
    assert told == ["A01", "A02", "A12", "A08", "A03", "A31", "A13", "A28", "A40", "R01", "R01", "A11"]
    assert fields(receiver.heard[1], "PV1")[6] == "^AMU^A1^RZZ01"
    assert fields(receiver.heard[3], "PID")[5].startswith(r"O'Brien \T\ Sons\F\^")
    assert fields(receiver.heard[4], "PV1")[36:38] == ["1", "19"]
    assert fields(receiver.heard[4], "PV1")[45] == "20260702120000"
    assert fields(receiver.heard[8], "MRG")[1] == f"{double.mrn}^^^RZZ"
    assert (fields(receiver.heard[9], "OBR")[22], fields(receiver.heard[9], "OBR")[25]) == ("20260702120000", "F")
    assert fields(receiver.heard[9], "OBX")[2:6] == ["SN", "CRP^C-reactive protein^PATH^1988-5^^LN", "", "<^5"]


def test_vital_signs_come_from_e_observations(receiver: Receiver) -> None:
    """ORU^R01 of another sender with a panel code of its own; the blood pressure is two results; the temperature keeps its digits."""
    lorenzo = a_lorenzo(receiver.port)
    mrn = lorenzo.admit("AMU").event.person.mrn
    lorenzo.result(mrn, VITAL_SIGNS, ["128", "74", "81", "37.0", "16", "97"])
    lorenzo.close()
    message = receiver.heard[1]
    assert (fields(message, "MSH")[3], fields(message, "MSH")[9]) == ("EOBS", "ORU^R01^ORU_R01")
    assert fields(message, "OBR")[4] == "VITALS^Vital signs^EOBS"
    assert fields(message, "OBR")[24] == ""
    results = [line.split("|") for line in message.decode().split("\r") if line.startswith("OBX")]
    assert [(one[3].split("^")[3], one[5], one[6]) for one in results] == [
        ("8480-6", "128", "mmHg"),
        ("8462-4", "74", "mmHg"),
        ("8867-4", "81", "/min"),
        ("8310-5", "37.0", "Cel"),
        ("9279-1", "16", "/min"),
        ("59408-5", "97", "%"),
    ]


@pytest.mark.parametrize("fault", ["cut", "AE", "CE", "AA somebody-else"])
def test_what_is_not_acknowledged_is_sent_again_the_same(receiver: Receiver, fault: str) -> None:
    """After a cut line, an AE or a stray acknowledgement the same bytes come again, and then the next message."""
    receiver.answers = [fault, fault]
    lorenzo = a_lorenzo(receiver.port)
    first = lorenzo.admit("AMU")
    second = lorenzo.admit("AMU")
    lorenzo.close()
    assert (first.attempts, second.attempts) == (3, 1)
    assert receiver.heard == [first.message, first.message, first.message, second.message]


def test_a_refusal_is_told_and_not_sent_again(receiver: Receiver) -> None:
    """AR is an answer: the message is not sent again and the code stands in what is returned."""
    receiver.answers = ["AR"]
    lorenzo = a_lorenzo(receiver.port)
    sent = lorenzo.admit("AMU")
    lorenzo.close()
    assert (sent.acknowledgement.code, sent.attempts, len(receiver.heard)) == ("AR", 1, 1)


def test_patience_ends(receiver: Receiver) -> None:
    """Where nobody listens, Undelivered says so with a remedy."""
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    with pytest.raises(Undelivered) as caught:
        a_lorenzo(port, patience_s=0.1).admit("AMU")
    assert caught.value.remedy
    assert receiver.heard == []


def test_a_line_that_is_down_is_told_once() -> None:
    """Whoever waits hears why, and not again at each try."""
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    heard: list[str] = []
    with pytest.raises(Undelivered):
        PretendLorenzo("127.0.0.1", port, patience_s=0.1, tell_trouble=heard.append).admit("AMU")
    assert len(heard) == 1
    assert "refused" in heard[0]


def test_a_day_is_played_and_stopped(receiver: Receiver) -> None:
    """A filled hospital and a sped-up day arrive in order, every control id once, and `stop` ends it."""
    lorenzo = a_lorenzo(receiver.port)
    filled = list(lorenzo.fill(share=0.2))
    played = list(lorenzo.play(speed=1e9, events=25))
    lorenzo.stop()
    assert list(lorenzo.play(speed=1)) == []
    lorenzo.close()
    assert receiver.heard == [sent.message for sent in (*filled, *played)]
    assert len({fields(message, "MSH")[10] for message in receiver.heard}) == len(receiver.heard)
