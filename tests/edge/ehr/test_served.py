"""A hospital with a Millennium, served as it is in earnest: its FHIR side is started, seen and stopped with it."""

import time
from pathlib import Path

import pytest

from edge.ehr.millpond import SYSTEMS
from engines import record_in
from tabard import hospital
from tabard.ground.errors import CallerError
from tabard.ground.time import system_clock
from tabard.link import FhirSettings, LinkSettings, add_link, link_key, load_link, make_link_key
from tabard.record import RecordReader, RecordWriter
from tabard.sandbox import PretendMillennium
from tabard.wiring import ehr_of, running

_PATIENCE_S = 60


def begun(folder: Path, base: str, *names: str) -> None:
    """A hospital with such links."""
    hospital.init(folder, "Millpond Royal", "RZY", 8000)
    for name in names:
        settings = FhirSettings(base, "tabard", SYSTEMS, key=make_link_key(folder, name))
        add_link(folder, LinkSettings(name=name, dialect="millennium-uk", port=0, fhir=settings))


def test_the_fhir_side_is_a_feed_of_the_served_hospital(tmp_path: Path) -> None:
    """Soon after the start it is live, without anybody having asked for a patient; faults are none."""
    millennium = PretendMillennium("127.0.0.1", 1, seed=3)
    millennium.start()
    begun(tmp_path, millennium.fhir_base, "millennium")
    millennium.register_client("tabard", link_key(tmp_path, load_link(tmp_path, "millennium")).pem)
    try:
        with running(tmp_path) as found:
            end = time.monotonic() + _PATIENCE_S
            while (state := {one.link: one.state for one in found.links.feeds()})["millennium-fhir"] != "live":
                assert time.monotonic() < end, found.links.faults()
                time.sleep(0.02)  # between two looks at another thread's work; no test's outcome hangs on it
            assert state["millennium"] == "never"
            assert found.links.faults() == ()
    finally:
        millennium.close()


def test_an_ehr_that_is_not_there_stops_nothing(tmp_path: Path) -> None:
    """Served without its Millennium, the hospital runs, and its faults say what is amiss."""
    begun(tmp_path, "http://127.0.0.1:9/r4/nobody-is-here", "millennium")
    with running(tmp_path) as found:
        end = time.monotonic() + _PATIENCE_S
        while not found.links.faults():
            assert time.monotonic() < end
            time.sleep(0.02)  # the same
        assert "could not be reached" in found.links.faults()[0]
        assert {one.link: one.state for one in found.links.feeds()}["millennium-fhir"] == "never"


def test_two_links_with_a_fhir_side_are_refused(tmp_path: Path) -> None:
    """Whose results a patient's are would be anybody's guess."""
    begun(tmp_path, "http://127.0.0.1:9/r4/nobody-is-here", "one", "two")
    RecordWriter(record_in(tmp_path)).close()
    with pytest.raises(CallerError, match="two links"):
        ehr_of(tmp_path, RecordReader(record_in(tmp_path)), b"k", system_clock)
