"""A patient's page tells that messages about the patient are held, however live the feeds are."""

from dataclasses import dataclass, replace
from pathlib import Path

from tabard.web.hospital import pages
from unit.web.browsing import Surfer
from unit.web.people import RESOURCES
from unit.web.world import PASSWORD, hospital_world

WORDS = "Messages about this patient wait"


@dataclass
class Held:
    """Messages about one patient, or none at all."""

    patient: str = "p1"

    def is_any(self) -> bool:
        """Whether there is one."""
        return bool(self.patient)

    def is_about(self, patient_id: str) -> bool:
        """Whether it is this one."""
        return patient_id == self.patient


def test_the_page_says_that_messages_wait(tmp_path: Path) -> None:
    """On that patient's page and on no other; and no longer once they do not."""
    held = Held()
    with hospital_world(tmp_path / "h", RESOURCES) as world:
        nurse = Surfer(pages(replace(world.portal, waits=held)))
        assert nurse.sign_in("nurse", PASSWORD).status_code == 303
        text = nurse.get("/patients/p1").text
        assert WORDS in text
        assert "may not be current" in text
        assert WORDS not in nurse.get("/patients/p2").text
        held.patient = ""
        assert WORDS not in nurse.get("/patients/p1").text
