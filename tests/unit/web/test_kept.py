"""The patient's page tells what products keep, by itself, and never as a result of the record system."""

from dataclasses import replace
from pathlib import Path

from tabard.gateway.kept import KeptLine
from tabard.record import RecordWriter
from tabard.web.hospital import pages
from tabard.web.hospital.views.kept import kept_here
from unit.web.browsing import Surfer
from unit.web.people import RESOURCES
from unit.web.world import NOW, PASSWORD, hospital_world

PLAN = KeptLine(type="CarePlan", id="1", client="wound-care", at=NOW)


class Kept:
    """One care plan."""

    def about(self, patient: str, /) -> tuple[KeptLine, ...]:
        """The care plan, for the one."""
        return (PLAN,) if patient == "p1" else ()


def test_what_is_kept_is_told_as_not_in_the_record_system(tmp_path: Path) -> None:
    """By whom and since when, in words; a kept result is not among the results; another patient's page has none of it."""
    with hospital_world(tmp_path / "h", RESOURCES) as world:
        writer = RecordWriter(tmp_path / "h" / "record.db", lambda: NOW)
        kept = {
            "resourceType": "Observation",
            "id": "kept-1",
            "status": "final",
            "code": {"text": "Weight told at home"},
            "subject": {"reference": "Patient/p1"},
            "valueString": "80",
        }
        with writer.transaction() as writing:
            writing.put(kept, "urn:tabard:kept:wound-care")
        writer.close()
        nurse = Surfer(pages(replace(world.portal, kept=Kept())))
        assert nurse.sign_in("nurse", PASSWORD).status_code == 303
        text = nurse.get("/patients/p1").text
        assert "Kept by products, not in the record system" in text
        assert "Care plan" in text
        assert "wound-care" in text
        assert "Weight told at home" not in text
        assert "Kept by products" not in nurse.get("/patients/p2").text


def test_a_type_is_told_in_words() -> None:
    """Not in FHIR's."""
    (line,) = kept_here((PLAN,))
    assert (line.kind, line.product) == ("Care plan", "wound-care")
