"""What is done again and again beside the questions: a fault at one turn is told, and the next turn comes."""

import threading

import pytest
from structlog.testing import capture_logs

from tabard.ground.errors import PeerError
from tabard.link.ehr.beating import Beating

TURNS = 3


@pytest.mark.parametrize("fault", [RuntimeError, PeerError])
def test_a_turn_that_fails_does_not_end_the_others(fault: type[Exception]) -> None:
    """Whatever goes wrong at one of them, it is told by its kind, and all stops only when asked to."""
    beaten = threading.Semaphore(0)

    def turn() -> float:
        beaten.release()
        raise fault("a patient's name")

    with capture_logs() as told:
        beating = Beating(turn, "ehr-poll", 0.0)
        beating.start()
        assert all(beaten.acquire(timeout=30) for _ in range(TURNS))
        beating.stop()
    assert not beating._thread.is_alive()
    assert {one["fault"] for one in told} == {fault.__name__}
    assert "patient" not in repr(told)


def test_a_turn_says_when_the_next_one_comes() -> None:
    """A pause that is long keeps nobody from stopping."""
    beaten = threading.Event()

    def turn() -> float:
        beaten.set()
        return 3600.0

    beating = Beating(turn, "ehr-pulse", 0.0)
    beating.start()
    assert beaten.wait(30)
    beating.stop()
    assert not beating._thread.is_alive()
