"""The carrying process is killed at any moment: nothing is lost, order is kept, a message sent twice is the same bytes."""

import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edge.out.receivers import Call, answer, destination, message, receiver
from tabard.link.out import Outbound, OutState

_KILLS = int(os.environ.get("TABARD_OUT_KILLS", "6"))
_MESSAGES = 60 * _KILLS
_VICTIM = Path(__file__).with_name("victim.py")


@contextmanager
def _victim(folder: Path) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, str(_VICTIM), str(folder)], stdout=subprocess.PIPE)  # noqa: S603  our own script
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"carrying\n"
        yield
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def test_a_killed_process_loses_nothing_and_changes_nothing(tmp_path: Path) -> None:
    """After the last start all are accepted; the receiver heard each, in order, and each time the same."""
    chance = random.Random(20260301)  # noqa: S311  the same moments each time, no secret
    with receiver(lambda call: call.say(answer(call.raw, "AA"))) as ehr:
        destination(tmp_path, ehr.port)
        keeper = Outbound(tmp_path)
        sent = [message(f"c{n}", value=str(n)) for n in range(_MESSAGES)]
        numbers = [keeper.put("ehr", raw, f"c{n}", of=f"Observation/{n}") for n, raw in enumerate(sent)]
        for _ in range(_KILLS):
            with _victim(tmp_path):
                for _ in range(chance.randrange(1, 40)):
                    ehr.next()
        with _victim(tmp_path):
            waiting = threading.Event()
            while keeper.entry(numbers[-1]).state is not OutState.accepted:
                waiting.wait(0.01)
        told = [keeper.entry(number) for number in numbers]
        keeper.stop()
    assert {one.state for one in told} == {OutState.accepted}
    assert list(dict.fromkeys(call.raw for call in ehr.calls)) == sent
    _assert_only_the_interrupted_come_twice(ehr.calls, sum(one.attempts for one in told))


def _assert_only_the_interrupted_come_twice(calls: list[Call], attempts: int) -> None:
    """No more often than tries were counted, and each again only at once: nothing that was accepted is repeated later."""
    assert len(calls) <= attempts <= len(dict.fromkeys(call.raw for call in calls)) + _KILLS
    order = [call.control_id for call in calls]
    assert [one for n, one in enumerate(order) if n == 0 or order[n - 1] != one] == list(dict.fromkeys(order))
