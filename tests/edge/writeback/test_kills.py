"""The process is killed at any moment between a product's request and the record system's answer: nothing is lost or doubled."""

import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from edge.out.receivers import TIMEOUT_S, receiver
from tabard.hl7v2 import parse
from unit.link.writeback.a_hospital import Hospital, a_hospital

_KILLS = int(os.environ.get("TABARD_WRITEBACK_KILLS", "6"))
_WRITES = 8 * _KILLS
_VICTIM = Path(__file__).with_name("victim.py")


@contextmanager
def _victim(folder: Path, patient: str) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, str(_VICTIM), str(folder), patient]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603  our own script
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):  # what was asked last was not read any more
                    pipe.close()


def _ask(process: "subprocess.Popen[str]", own: str) -> str:
    """What the product is answered; "" where the process ended before it answered."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(f"{own}\n")
        process.stdin.flush()
    except BrokenPipeError:
        return ""
    return process.stdout.readline().strip()


def test_a_killed_process_loses_no_write_and_makes_none_twice(tmp_path: Path) -> None:
    """A product that asks again until it is answered has each write once in the record and once in the record system, in order."""
    chance = random.Random(20260301)  # noqa: S311  the same moments each time, no secret
    answered: dict[str, str] = {}
    with receiver() as ehr, a_hospital(tmp_path, port=ehr.port) as hospital:
        patient = hospital.patient()
        hospital.back.stop()
        wanted = [f"w{n}" for n in range(_WRITES)]
        while wanted:
            is_last = len(wanted) <= 8
            with _victim(tmp_path, patient) as process:
                killer = threading.Timer(chance.uniform(0.0, 0.2), process.kill)
                if not is_last:
                    killer.start()
                while wanted and (told := _ask(process, wanted[0])):
                    assert answered.setdefault(wanted[0], told) == told
                    wanted.pop(0)
                killer.cancel()
                if not wanted:
                    _all_accepted(hospital)
        hospital.back = hospital.open()
        hospital.turn()
        _assert_each_once(hospital, answered, [call.raw for call in ehr.calls])


def _all_accepted(hospital: Hospital) -> None:
    """Wait until the record system has answered everything."""
    waiting = threading.Event()
    for _ in range(int(TIMEOUT_S / 0.05)):
        if {one.state.value for one in hospital.outbound.entries(limit=1000)} == {"accepted"}:
            return
        waiting.wait(0.05)
    raise AssertionError("not all were answered")


def _assert_each_once(hospital: Hospital, answered: dict[str, str], heard: list[bytes]) -> None:
    held = {one["valueString"]: f"Observation/{one['id']}" for one in hospital.observations_all()}
    assert held == answered
    assert len(held) == _WRITES
    distinct = list(dict.fromkeys(heard))
    values = [next(line.field(5).text for line in parse(raw).all("OBX")) for raw in distinct]
    assert values == [f"w{n}" for n in range(_WRITES)]
    assert {one["meta"]["tag"][0]["code"] for one in hospital.observations_all()} == {"accepted"}
