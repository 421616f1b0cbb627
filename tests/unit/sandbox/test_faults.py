"""Faults to order: each does to the line just what its name says, and every message is told in the end."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from tabard.sandbox import REPEATED_HALF_HOUR, Fault, Faults, PretendLorenzo
from unit.sandbox.conftest import Receiver

NOON = datetime(2026, 7, 2, 11, 0, tzinfo=UTC)
QUICK_S = 0.01


def a_lorenzo(port: int) -> PretendLorenzo:
    return PretendLorenzo("127.0.0.1", port, seed=1, clock=lambda: NOON, patience_s=30.0)


def heard_after(receiver: Receiver, fault: Fault) -> tuple[list[bytes], list[bytes]]:
    """What was told, in the order of events, and what was heard."""
    lorenzo = a_lorenzo(receiver.port)
    first = lorenzo.admit("AMU")
    lorenzo.fault(fault, delay_s=QUICK_S)
    told = [first, lorenzo.admit("AMU"), lorenzo.admit("AMU")]
    lorenzo.let_go()
    lorenzo.close()
    return [one.message for one in told], receiver.heard


@pytest.mark.parametrize("fault", [Fault.duplicate, Fault.lost_acknowledgement, Fault.late_acknowledgement])
def test_what_is_in_doubt_comes_twice_the_same(receiver: Receiver, fault: Fault) -> None:
    """The same bytes twice, and the next message once, its own acknowledgement with it."""
    told, heard = heard_after(receiver, fault)
    for _ in range(1000):  # the line that was given up is read by a thread of its own
        if len(heard) >= len(told) + 1:
            break
        threading.Event().wait(QUICK_S)
    assert sorted(heard) == sorted([told[0], told[1], told[1], told[2]])
    assert heard.index(told[1]) < heard.index(told[2])


@pytest.mark.parametrize("fault", [Fault.half_frame, Fault.slow, Fault.silent, Fault.clock_skew])
def test_what_is_only_troubled_comes_whole_once(receiver: Receiver, fault: Fault) -> None:
    """Half a frame is no message; a slow one and one after a silence are."""
    told, heard = heard_after(receiver, fault)
    assert heard == told


def test_out_of_order_comes_after_the_next(receiver: Receiver) -> None:
    """It is kept back, told as such, and let go after the next or when asked."""
    told, heard = heard_after(receiver, Fault.out_of_order)
    assert heard == [told[0], told[2], told[1]]
    lorenzo = a_lorenzo(receiver.port)
    lorenzo.fault("out_of_order")
    kept = lorenzo.admit("AMU")
    assert (kept.acknowledgement.code, kept.attempts) == ("", 0)
    assert len(receiver.heard) == 3
    lorenzo.let_go()
    lorenzo.close()
    assert receiver.heard[3:] == [kept.message]


def test_a_skewed_clock_is_off_in_what_was_sent_and_recorded(receiver: Receiver) -> None:
    """MSH-7, EVN-2 and EVN-6 are an hour ahead; the next message is right again."""
    lorenzo = a_lorenzo(receiver.port)
    lorenzo.fault(Fault.clock_skew, skew=timedelta(hours=1))
    skewed, right = lorenzo.admit("AMU"), lorenzo.admit("AMU")
    lorenzo.close()
    assert skewed.message.count(b"20260702130000") == 4
    assert right.message.count(b"20260702130000") == 0


def test_the_clock_shows_half_past_one_twice(receiver: Receiver) -> None:
    """Two moves an hour apart in the night of 25 October are told with one and the same time."""
    lorenzo = a_lorenzo(receiver.port)
    mrn = lorenzo.admit("AMU").event.person.mrn
    moved = [
        lorenzo.transfer(mrn, "Rowan", bed, at).message
        for bed, at in zip(("A1", "A2"), REPEATED_HALF_HOUR, strict=True)
    ]
    lorenzo.close()
    assert all(message.count(b"20261025013000") == 2 for message in moved)


def test_rates_draw_the_same_by_seed_and_can_be_taken_back() -> None:
    """A share of one is every message; the same seed draws the same; 0 times takes all back."""
    drawn = [[faults.take() for _ in range(200)] for faults in (Faults({Fault.slow: 0.3}, seed=4) for _ in range(2))]
    assert drawn[0] == drawn[1]
    assert 20 < sum(one is not None for one in drawn[0]) < 120
    faults = Faults({Fault.duplicate: 1.0})
    assert faults.take() is not None
    a_fault = faults.take()
    assert a_fault is not None
    faults.order(a_fault, 0)
    assert faults.take() is None
