"""What the pretend Lorenzo writes from plain templates, our own reader reads without a doubt."""

from datetime import UTC, datetime

from tabard import dialect, hl7v2
from tabard.sandbox import Census, Day, People, render, st_elsewhere

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Ids:
    """The port IdMaker, with ids that show what they were made of."""

    def patient(self, key: dialect.PatientKey) -> str:
        """From the first local identifier."""
        return "-".join(key.local[0])

    def prior_patient(self, key: dialect.PatientKey) -> str:
        """From the first local identifier."""
        return "-".join(key.local[0])

    def other(self, type: str, *parts: str) -> str:  # noqa: A002  the port's word
        """From all of its parts."""
        return "-".join((type, *parts))


def test_a_day_is_read_without_a_flag() -> None:
    """Every message of a day translates by itk-2.4 to the event that it tells, at its time, and nothing is doubted."""
    layout, itk = st_elsewhere(), dialect.load("itk-2.4")
    day = Day(Census(layout, seed=5), People(layout, seed=5, today=NOON.date()), seed=5)
    for number, event in enumerate([*day.fill(NOON, 0.3), *day.told(NOON, 20)]):
        raw = render(event, layout, control_id=str(number), sequence=number, sent=NOON)
        read = dialect.translate(hl7v2.parse(raw), itk, Ids())
        assert read.flags == ()
        assert read.patient_id == f"urn:tabard:authority:RZZ-{event.person.mrn}"
        assert read.occurred is not None
        if event.report is None:
            assert read.occurred == event.at.replace(microsecond=0)
