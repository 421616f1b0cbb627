"""The census refuses what cannot be, and a day never asks for it."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tabard.sandbox import (
    C_REACTIVE_PROTEIN,
    VITAL_SIGNS,
    Census,
    Day,
    Event,
    Inconsistent,
    Kind,
    People,
    Place,
    st_elsewhere,
)

SMALL = {
    *(Kind.admitted, Kind.moved, Kind.discharged, Kind.updated, Kind.admission_cancelled, Kind.move_cancelled),
    *(Kind.discharge_cancelled, Kind.registered, Kind.person_updated, Kind.merged, Kind.reported),
}
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def a_day(seed: int) -> Day:
    layout = st_elsewhere()
    return Day(Census(layout, seed=seed), People(layout, seed=seed, today=NOON.date()), seed=seed)


def told(seed: int, hours: float = 24) -> list[Event]:
    day = a_day(seed)
    return [*day.fill(NOON), *day.told(NOON, hours)]


def test_the_same_seed_tells_the_same_day() -> None:
    """Two runs of a seed agree to the last detail, and another seed does not."""
    assert told(7, 4) == told(7, 4)
    assert told(7, 4) != told(8, 4)


def test_a_day_holds_every_kind_of_event() -> None:
    """Every trigger of the small day happens within two days of some seed."""
    assert {event.kind for event in told(1, 48)} == SMALL


@pytest.mark.parametrize("seed", range(4))
def test_nobody_lies_in_two_beds_and_a_bed_holds_one(seed: int) -> None:
    """Followed from the events alone, at every moment each bed holds at most one patient."""
    beds: dict[str, Place] = {}
    leaves = {Kind.discharged, Kind.admission_cancelled}
    for event in told(seed):
        if event.absorbed is not None:
            if event.absorbed in beds:
                assert event.person.mrn not in beds
                beds[event.person.mrn] = beds.pop(event.absorbed)
        elif event.kind in leaves:
            del beds[event.person.mrn]
        elif event.stay is not None:
            beds[event.person.mrn] = event.stay.place
        assert max(Counter(beds.values()).values(), default=0) <= 1


def test_time_goes_on() -> None:
    """Events come in the order of their times."""
    times = [event.at for event in told(3)]
    assert times == sorted(times)


def test_a_cancelled_move_restores_bed_and_consultant() -> None:
    """After A12 the patient is where, and under whom, they were before the move."""
    day = a_day(1)
    census = day.census
    rowan, amu = census.layout.ward("Rowan"), census.layout.ward("AMU")
    mrn = day.admit_to(amu, NOON).person.mrn
    before = census.stay(mrn)
    census.transfer(mrn, Place("Rowan", "A1"), rowan.consultants[0], NOON + timedelta(minutes=5))
    event = census.cancel_transfer(mrn, NOON + timedelta(minutes=9))
    assert census.stay(mrn) == before == event.stay
    assert event.before == Place("Rowan", "A1")


def test_what_cannot_be_is_refused_and_changes_nothing() -> None:
    """A taken bed, a second admission, an unmoved patient's A12, and a merge of two who are both in are refused."""
    day = a_day(1)
    census, ward = day.census, day.census.layout.ward("AMU")
    one, two = (day.admit_to(ward, NOON).person for _ in range(2))
    stays = (census.stay(one.mrn), census.stay(two.mrn))
    assert stays[1] is not None
    doctor, taken, free = ward.consultants[0], stays[1].place, census.free_beds("AMU")[0]
    attempts: tuple[Callable[[], object], ...] = (
        lambda: census.transfer(one.mrn, taken, doctor, NOON),
        lambda: census.transfer(one.mrn, Place("AMU", "Z9"), doctor, NOON),
        lambda: census.admit(one, free, doctor, NOON),
        lambda: census.cancel_transfer(one.mrn, NOON),
        lambda: census.cancel_discharge(one.mrn, NOON),
        lambda: census.merge(one.mrn, two.mrn, NOON),
        lambda: census.merge(one.mrn, one.mrn, NOON),
        lambda: census.discharge("nobody", NOON),
        lambda: census.register(one, NOON),
    )
    for impossible in attempts:
        with pytest.raises(Inconsistent):
            impossible()
    assert (census.stay(one.mrn), census.stay(two.mrn)) == stays


def test_results_are_mostly_normal_and_sometimes_not() -> None:
    """Many CRPs hold normal, high and below-the-floor values, each with its range."""
    day = a_day(2)
    mrn = day.admit_to(day.census.layout.ward("AMU"), NOON).person.mrn
    reports = [day.census.report(mrn, C_REACTIVE_PROTEIN, NOON).report for _ in range(200)]
    results = [report.results[0] for report in reports if report is not None]
    marks = Counter(result.mark for result in results)
    assert marks["N"] > marks["H"] > 0
    assert {result.value for result in results if result.mark == "N"} == {"<5"}
    assert {result.range for result in results} == {"<5"}


def test_vital_signs_hang_together() -> None:
    """However ill somebody is, the lower blood pressure is well under the upper and no saturation is over 100 %."""
    day = a_day(2)
    mrn = day.admit_to(day.census.layout.ward("AMU"), NOON).person.mrn
    reports = [day.census.report(mrn, VITAL_SIGNS, NOON).report for _ in range(2000)]
    drawn = [[float(result.value) for result in report.results] for report in reports if report is not None]
    assert min(upper - lower for upper, lower, *_ in drawn) >= 25
    assert max(saturation for *_, saturation in drawn) == 100
    assert min(saturation for *_, saturation in drawn) < 92
