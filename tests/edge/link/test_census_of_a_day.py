"""A whole day of a pretend hospital, with faults on the line, in other sites' manners: the record knows who lies where."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from edge.link.linked import Hospital, hospital
from tabard.sandbox import CAMIS, LORENZO, Fault, Faults, Habits, PretendLorenzo, PretendMillennium, WholeDay

EVENTS = 200
BEGIN = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)  # the hour that comes twice is in this night
STEP = timedelta(seconds=20)
NETWORK = {
    Fault.duplicate: 0.03,
    Fault.half_frame: 0.03,
    Fault.lost_acknowledgement: 0.03,
    Fault.late_acknowledgement: 0.02,
    Fault.slow: 0.02,
}


def a_clock() -> Callable[[], datetime]:
    """Goes on at each look, so that no two events are of one second."""
    ticks = count()
    return lambda: BEGIN + next(ticks) * STEP


def whole(there: PretendLorenzo | PretendMillennium) -> None:
    there.day = WholeDay(5, begin=BEGIN, layout=there.layout, census=there.census, people=there.people)
    there.faults = Faults(NETWORK, seed=3, delay_s=0.01)


def lying(found: Hospital, authority: str) -> dict[str, str]:
    """The bed by the hospital number in use, of all who are in or on leave."""
    numbers = {
        f"Patient/{one['id']}": number["value"]
        for one in found.all("Patient")
        for number in one["identifier"]
        if one["active"] and number.get("use") != "old" and number["system"] == authority
    }
    return {
        numbers[visit["subject"]["reference"]]: visit["location"][-1]["location"]["display"]
        for visit in found.all("Encounter")
        if visit["status"] in {"in-progress", "onleave"}
    }


@pytest.mark.parametrize("habits", [LORENZO, CAMIS], ids=["lorenzo", "camis"])
def test_a_lorenzo_s_day_ends_as_it_was(tmp_path: Path, habits: Habits) -> None:
    """Every event of it over a bad line, through the hour that comes twice: all is applied or a copy, and every bed agrees."""
    with hospital(tmp_path, "itk-2.4") as found:
        ((host, port),) = found.links.addresses().values()
        lorenzo = PretendLorenzo(host, port, seed=7, clock=a_clock())
        whole(lorenzo)
        lorenzo.habits = habits
        told = [*lorenzo.fill(0.5), *lorenzo.play(speed=1e9, events=EVENTS)]
        lorenzo.close()
        found.settle()
        counts = found.journal.counts()
        assert counts.parked_reasons == {}
        assert counts.states["applied"] + counts.states["no_effect"] == len(told)
        assert counts.states["duplicate"] > 2 < counts.states["refused"]  # a half frame is kept as refused
        stays = {mrn: lorenzo.census.stay(mrn) for mrn in lorenzo.census.inpatients()}
        assert lying(found, "urn:tabard:authority:RZZ") == {mrn: stay.place.bed for mrn, stay in stays.items() if stay}


def test_a_millennium_s_day_ends_as_it_was(tmp_path: Path) -> None:
    """The same told in version 2.3, with merges by A34 and results left to the chart."""
    with hospital(tmp_path, "millennium-uk") as found:
        ((host, port),) = found.links.addresses().values()
        millennium = PretendMillennium(host, port, seed=7, clock=a_clock())
        whole(millennium)
        told = [*millennium.fill(0.5), *millennium.play(speed=1e9, events=EVENTS)]
        millennium.close()
        found.settle()
        counts = found.journal.counts()
        assert counts.parked_reasons == {}
        assert counts.states["applied"] + counts.states["no_effect"] == sum(hasattr(one, "message") for one in told)
        stays = {mrn: millennium.census.stay(mrn) for mrn in millennium.census.inpatients()}
        beds = lying(found, "urn:tabard:authority:Millpond%20MRN")
        assert {mrn: bed.rpartition(", ")[2] for mrn, bed in beds.items()} == {
            mrn: stay.place.bed for mrn, stay in stays.items() if stay
        }
