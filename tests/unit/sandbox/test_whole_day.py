"""A whole day of a large hospital: the same by seed, busy when hospitals are, never impossible, and writable as a batch."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tabard.cli.sandbox import app
from tabard.ground.errors import CallerError
from tabard.sandbox import Event, Kind, Place, PretendLorenzo, WholeDay, batch_file, worded
from unit.sandbox.conftest import Receiver

BEGIN = datetime(2026, 10, 14, tzinfo=UTC)


def a_day(seed: int, beds: int = 600, hours: float = 24) -> tuple[WholeDay, list[Event]]:
    day = WholeDay(seed, beds=beds, begin=BEGIN)
    filled = list(day.fill(BEGIN, 0.85))
    assert len(filled) == pytest.approx(beds * 0.85, rel=0.05)
    return day, list(day.told(BEGIN, hours))


def test_the_same_seed_tells_the_same_day() -> None:
    """To the last detail, and another seed does not."""
    assert a_day(7, 96)[1] == a_day(7, 96)[1] != a_day(8, 96)[1]


def test_it_is_busy_when_hospitals_are_and_holds_what_they_do() -> None:
    """Thousands of events; six times as many in the late morning as at night; admissions about as many as discharges."""
    events = a_day(3)[1]
    kinds, hours = Counter(event.kind for event in events), Counter(event.at.hour for event in events)
    assert 5_000 < len(events) < 10_000
    assert sum(hours[hour] for hour in (9, 10, 11)) > 5 * sum(hours[hour] for hour in (1, 2, 3))
    assert 100 < kinds[Kind.admitted] < 250
    assert 0.6 < kinds[Kind.admitted] / kinds[Kind.discharged] < 1.6
    assert kinds[Kind.reported] > 2_000 < kinds[Kind.reported] + kinds[Kind.booked]
    assert {Kind.pre_admitted, Kind.left_on_leave, Kind.discharge_pending, Kind.written, Kind.merged} <= kinds.keys()
    times = [event.at for event in events]
    assert times == sorted(times)
    assert times[-1] < BEGIN + timedelta(days=1)


@pytest.mark.parametrize("seed", range(2))
def test_a_bed_holds_one(seed: int) -> None:
    """At the end of a day nobody lies in two beds and no bed holds two."""
    census = a_day(seed, 240)[0].census
    places: list[Place] = [stay.place for mrn in census.inpatients() if (stay := census.stay(mrn))]
    assert len(set(places)) == len(places) > 100


def test_a_day_is_a_batch_of_its_messages() -> None:
    """Envelopes around every message, counted at the end; control ids are all different."""
    day, events = a_day(2, 48, 6)
    layout = day.census.layout
    messages = list(worded(events, layout))
    whole = b"".join(batch_file(messages, layout, BEGIN))
    assert whole.startswith(b"FHS|^~\\&|LORENZO|RZX|")
    assert whole.endswith(f"BTS|{len(events)}\rFTS|1\r".encode())
    assert whole.count(b"\rMSH|") == len({message.split(b"|")[9] for message in messages}) == len(events)


def test_a_pretend_lorenzo_lives_it(receiver: Receiver) -> None:
    """Over the hospital's own census and people, told as any other day is."""
    lorenzo = PretendLorenzo("127.0.0.1", receiver.port, seed=2, clock=lambda: BEGIN)
    lorenzo.day = WholeDay(2, begin=BEGIN, layout=lorenzo.layout, census=lorenzo.census, people=lorenzo.people)
    told = [*lorenzo.fill(0.5), *lorenzo.play(speed=1e9, events=40)]
    lorenzo.close()
    assert [sent.message for sent in told] == receiver.heard


def test_the_command_writes_a_day(tmp_path: Path) -> None:
    """A new file, the same for the same seed; one that is there is not written over."""
    for name in ("one.hl7", "two.hl7"):
        ended = CliRunner().invoke(app, ["day", str(tmp_path / name), "--beds", "48", "--hours", "2", "--seed", "5"])
        assert ended.exit_code == 0, ended.output
    assert (tmp_path / "one.hl7").read_bytes() == (tmp_path / "two.hl7").read_bytes()
    again = CliRunner().invoke(app, ["day", str(tmp_path / "one.hl7"), "--beds", "48", "--hours", "2"])
    assert isinstance(again.exception, CallerError)


def test_the_command_lives_a_large_day_with_faults(receiver: Receiver) -> None:
    """Beds, a beginning, faults and habits are taken from the command line."""
    options = ["--seed", "3", "--speed", "1e9", "--share", "0.1", "--events", "20", "--json", "--beds", "48"]
    options += ["--begin", "2026-10-25T00:20:00", "--fault", "duplicate=1", "--habits", "homerton"]
    ended = CliRunner().invoke(app, ["serve", "--to", f"127.0.0.1:{receiver.port}", *options])
    assert ended.exit_code == 0, ended.output
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert len(receiver.heard) == 2 * len(lines)
    assert b'""' in receiver.heard[0]


@pytest.mark.parametrize(
    "options", [["--fault", "late"], ["--fault", "slow=2"], ["--fault", "x=0.1"], ["--habits", "none"]]
)
def test_what_is_no_fault_or_habit_is_refused(receiver: Receiver, options: list[str]) -> None:
    """A sentence says what there is."""
    ended = CliRunner().invoke(app, ["serve", "--to", f"127.0.0.1:{receiver.port}", "--events", "0", *options])
    assert isinstance(ended.exception, CallerError)
