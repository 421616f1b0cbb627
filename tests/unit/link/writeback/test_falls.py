"""A write is a promise: whatever falls over between two steps, it is carried out, once, and shown as it stands."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tabard.ground.errors import InternalError
from tabard.link.out import OutState
from tabard.link.writeback import (
    WriteState,
)
from unit.link.writeback.a_hospital import Hospital, a_hospital, temperature
from unit.link.writeback.writes import conclude, echo, tag


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[Hospital]:
    """A hospital that writes back all that can be."""
    with a_hospital(tmp_path, updates_patients=True) as made:
        yield made


class Falling(Exception):  # noqa: N818  says what happens
    """The process ends here."""


@pytest.mark.parametrize("step", ["record", "outbox", "filed"])
def test_a_fall_between_any_two_steps_neither_loses_nor_doubles(
    hospital: Hospital, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The product asks again, or nobody does: after the next start it is once in the record and once in the outbox."""

    def fall(*_: object, **__: object) -> None:
        raise Falling

    carrying = hospital.back._carrying
    if step == "record":
        monkeypatch.setattr(carrying, "_file", fall)
    elif step == "outbox":
        monkeypatch.setattr(hospital.outbound, "put", fall)
    else:
        monkeypatch.setattr(hospital.book, "filed", fall)
    with pytest.raises(Falling):
        hospital.write(temperature(hospital.patient()))
    monkeypatch.undo()
    hospital.back.stop()
    hospital.back = hospital.open()
    hospital.turn()
    again = hospital.write(temperature(hospital.patient()))
    assert (again.is_new, again.write.number) == (False, 1)
    assert len(hospital.sent()) == len(hospital.observations()) == 1
    assert hospital.sent()[0][0].split("|")[9] == again.write.control_id


def test_an_answer_that_comes_before_the_write_is_filed_is_heard(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The receiver may be quicker than the book: its word is not passed over while the message's number is not known yet."""
    filed, listeners = hospital.book.filed, []

    def answered_first(number: int, in_outbox: int | None) -> None:
        conclude(hospital, in_outbox, OutState.accepted)
        listener = threading.Thread(target=hospital.back._carrying._hear_outbox)
        listener.start()
        listener.join(0.2)  # as long as it is let; it has to wait until the write is filed
        listeners.append(listener)
        filed(number, in_outbox)

    monkeypatch.setattr(hospital.book, "filed", answered_first)
    taken = hospital.write(temperature(hospital.patient()))
    for listener in listeners:
        listener.join()
    hospital.turn()
    assert hospital.book.entry(taken.write.id).state is WriteState.accepted
    assert tag(hospital.read(taken.write.resource)) == "accepted"


def test_a_record_that_cannot_be_written_keeps_the_promise(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was entered is carried out at the next turn, in order, before what comes after it."""

    def no_file() -> None:
        raise InternalError("the disk is full")

    monkeypatch.setattr(hospital.back._carrying, "_file", no_file)
    with pytest.raises(InternalError):
        hospital.write(temperature(hospital.patient(), 38.0))
    monkeypatch.undo()
    hospital.write(temperature(hospital.patient(), 37.0, own="t2"))
    values = [next(line for line in lines if line.startswith("OBX")).split("|")[5] for lines in hospital.sent()]
    assert values == ["38.0", "37.0"]


def test_a_change_of_state_that_was_not_shown_is_shown_after_the_next_start(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The outbox's word is in the book before it is in the record; a fall between loses neither."""
    taken = hospital.write(temperature(hospital.patient()))
    conclude(hospital, taken.write.number, OutState.rejected)

    def fall(_: object) -> None:
        raise Falling

    monkeypatch.setattr(hospital.back._carrying, "_tell", fall)
    with pytest.raises(Falling):
        hospital.turn()
    monkeypatch.undo()
    assert tag(hospital.read(taken.write.resource)) == "pending"
    hospital.back.stop()
    hospital.back = hospital.open()
    hospital.turn()
    assert tag(hospital.read(taken.write.resource)) == "rejected"


def test_what_came_back_before_a_start_is_not_made_pending_again(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sent, told back, and only then the process that had not noted that it was sent is started again."""

    def fall(*_: object) -> None:
        raise Falling

    monkeypatch.setattr(hospital.book, "filed", fall)
    with pytest.raises(Falling):
        hospital.write(temperature(hospital.patient()))
    monkeypatch.undo()
    hospital.receive(echo(hospital.sent()[0]))
    hospital.turn()
    assert tag(hospital.observations()[0]) is None
    assert hospital.back.entries()[0].state is WriteState.confirmed
