"""A patient's page tells what products wrote and the record system has not shown to hold."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tabard.link.writeback import Write, WriteState
from tabard.web.hospital import pages
from unit.web.browsing import Surfer
from unit.web.people import RESOURCES
from unit.web.world import NOW, PASSWORD, hospital_world

PENDING = Write(
    1,
    "Observation/o9",
    "p1",
    "lorenzo",
    "lab",
    "T1",
    1,
    WriteState.pending,
    "It waits to be sent.",
    "",
    NOW,
    NOW,
    "obs",
    "x",
)
REJECTED = replace(
    PENDING, id=2, resource="DocumentReference/d9", state=WriteState.rejected, reason="AR.", remedy="Write it there."
)
CONFIRMED = replace(PENDING, id=3, resource="Appointment/a9", state=WriteState.confirmed)


class Writes:
    """What was written for one patient."""

    def states(self, patient: str) -> Sequence[Write]:
        """Three, for the one."""
        return (PENDING, REJECTED, CONFIRMED) if patient == "p1" else ()


def test_what_is_not_confirmed_is_told_with_its_reason(tmp_path: Path) -> None:
    """Pending and refused stand there, each in words; what came back does not; and another patient's page has none of it."""
    with hospital_world(tmp_path / "h", RESOURCES) as world:
        nurse = Surfer(pages(replace(world.portal, writes=Writes())))
        assert nurse.sign_in("nurse", PASSWORD).status_code == 303
        text = nurse.get("/patients/p1").text
        assert "Not yet in the record system" in text
        assert "it is not there" in text
        assert "Write it there." in text
        assert text.count("<td") > 0
        assert "Appointment" not in text
        assert "Written here" not in nurse.get("/patients/p2").text
