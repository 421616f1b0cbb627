"""Day one: the feed is live, what was before is loaded, the newer word wins, and until a person closes it all says so."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from story.linked_hospital import LINK, PASSWORD, LinkedHospital, linked_hospital, looked_at
from story.test_links_silence import answered
from tabard.demo.commands import one
from tabard.sandbox import batch_file, worded

INCOMPLETE = "Record incomplete since"


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LinkedHospital]:
    with linked_hospital(tmp_path_factory.mktemp("opening") / "h") as linked:
        yield linked


def says(hospital: LinkedHospital, nurse: Page, *, is_incomplete: bool) -> None:
    """Whether pages say that the record is not whole, a moment after it has become so: what is known is believed for a second."""
    line = nurse.get_by_role("region", name="How fresh this page is")
    for _ in range(60):
        nurse.goto(hospital.url)
        if (INCOMPLETE in line.inner_text()) is is_incomplete:
            break
        nurse.wait_for_timeout(500)
    for address in ("/", "/wards", "/patients", "/products"):
        nurse.goto(f"{hospital.url}{address}")
        (expect(line).to_contain_text if is_incomplete else expect(line).not_to_contain_text)(INCOMPLETE)


def patients_of(hospital: LinkedHospital, nurse: Page, ward: str) -> set[str]:
    """The hospital numbers on a ward, as the nurse sees them."""
    nurse.goto(f"{hospital.url}/wards")
    nurse.get_by_role("link", name=ward, exact=True).click()
    expect(nurse.get_by_role("heading", level=1, name=ward)).to_be_visible()
    shown = nurse.locator("tbody").inner_text()
    people = map(hospital.lorenzo.census.person, hospital.lorenzo.census.inpatients())
    return {one.mrn for one in people if f"{one.family.upper()}, {one.given}" in shown}


def test_day_one(hospital: LinkedHospital, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A live move comes before the load that tells the admission: the move stands, everybody else lies where they did."""
    monkeypatch.setenv("TABARD_PASSWORD", PASSWORD)
    lorenzo, now = hospital.lorenzo, hospital.clock()
    before = list(lorenzo.day.fill(now, 0.3))
    file = tmp_path / "before.hl7"
    file.write_bytes(b"".join(batch_file(worded(before, lorenzo.layout), lorenzo.layout, now)))
    mover = next(mrn for mrn in lorenzo.census.inpatients() if mrn not in lorenzo.census.inpatients("Fern"))
    lorenzo.transfer(mover, "Fern")
    hospital.settled()
    nurse = hospital.signed_in(browser, "nurse")
    says(hospital, nurse, is_incomplete=False)
    assert patients_of(hospital, nurse, "Fern") == {mover}

    told = one("link", "load", LINK, str(file), "--hospital", hospital.folder, "--by", "integration")
    assert (told["journaled"], told["known"], told["unreadable"]) == (len(before), 0, 0)
    hospital.settled()
    lorenzo.admit("Fern")
    hospital.settled()
    says(hospital, nurse, is_incomplete=True)
    looked_at(nurse, "opening-incomplete")
    for ward in lorenzo.layout.wards:
        if inside := lorenzo.census.inpatients(ward.code):
            assert patients_of(hospital, nurse, ward.code) == set(inside)
    ward_id = nurse.url.rpartition("/")[2]
    asked = hospital.asked(ward_id)
    header, warned = answered(asked)
    assert "incomplete" in header
    assert any("incomplete" in words for words in warned)

    close = ("link", "load", LINK, "--close", "--hospital", hospital.folder, "--by", "integration")
    one(*close, "--reason", "the ward lists agree")
    says(hospital, nurse, is_incomplete=False)
    header, warned = answered(asked)
    assert "incomplete" not in header
    assert warned == []
    asked.close()
