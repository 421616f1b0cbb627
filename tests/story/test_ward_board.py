"""The story in a real browser: the ward board is launched from the portal and follows the day of the pretend Lorenzo.

Screenshots go to the folder that TABARD_SCREENSHOTS names, when it does.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tabard.demo import Stage, play, staying
from tabard.demo.ports import MLLP, WEB, free_port
from tabard.demo.stage import WARD
from tabard.demo.waiting import until
from tabard.link import journal_of

SILENCE_S = 5
TIMEOUT_MS = 20_000
AXE = Path(__file__).resolve().parents[2] / "src/tabard/accreditation/vendor/axe.min.js"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """St Elsewhere's, linked and filled, as the demo makes it."""
    made = Stage(tmp_path_factory.mktemp("st-elsewhere"), free_port(WEB + 100), free_port(MLLP + 100), SILENCE_S)
    try:
        played = play(staying()[:4], made, lambda _step: None, lambda _outcome: None)
        assert played.ok, played.outcomes[-1]
        yield made
    finally:
        made.clear()


@pytest.fixture(scope="module")
def board(browser: Browser, stage: Stage) -> Iterator[Page]:
    """The ward board, opened by a nurse who signed in at the portal and chose the ward."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.clock.install()
    page.goto(stage.base)
    page.get_by_label("Username").fill(stage.sign_ins[0].username)
    page.get_by_label("Password").fill(stage.sign_ins[0].password)
    page.get_by_role("button", name="Sign in").click()
    shoot(page, "portal")
    page.goto(f"{stage.base}/products")
    page.get_by_label("Ward", exact=True).select_option(label=f"{WARD} ({stage.lorenzo.layout.site})")
    page.get_by_role("button", name="Open Ward board").click()
    expect(page.locator("#board")).to_be_visible(timeout=TIMEOUT_MS)
    assert page.url.startswith(f"http://ward-board.localhost:{stage.web_port}/")
    yield page
    context.close()


def shoot(page: Page, name: str) -> None:
    folder = os.environ.get("TABARD_SCREENSHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def number(stage: Stage, mrn: str) -> str:
    """The NHS number as the board writes it; the story follows patients who have one."""
    digits = stage.lorenzo.census.person(mrn).nhs_number
    assert digits is not None
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}"


def admitted(stage: Stage, ward: str) -> str:
    """Somebody with an NHS number, admitted to a ward; their hospital number."""
    people = stage.lorenzo.people
    person = next(one for one in iter(lambda: people.draw((70, 99)), None) if one.nhs_number)
    return stage.lorenzo.admit(ward, person=person).event.person.mrn


def row(stage: Stage, board: Page, mrn: str) -> Locator:
    return board.locator("#rows tr", has_text=number(stage, mrn))


def bed(stage: Stage, mrn: str) -> str:
    stay = stage.lorenzo.census.stay(mrn)
    assert stay is not None
    return stay.place.bed


def refreshed(stage: Stage, board: Page) -> None:
    """Once every message is filed, let the board's five seconds pass: its clock is ours."""
    view = journal_of(stage.folder)
    until(lambda: view.counts().states["waiting"] == 0, "every message is filed")
    board.clock.run_for(5_500)


def test_the_board_shows_the_ward(stage: Stage, board: Page) -> None:
    """Everybody whom the pretend hospital has on the ward is shown in their bed, and nobody else."""
    expect(board.locator("#ward")).to_have_text(WARD)
    inside = stage.lorenzo.census.inpatients(WARD)
    expect(board.locator("#rows tr:not(.free)")).to_have_count(len(inside))
    for mrn in inside:
        person = stage.lorenzo.census.person(mrn)
        line = board.locator("#rows tr:not(.free)", has=board.get_by_text(bed(stage, mrn), exact=True))
        expect(line).to_contain_text(f"{person.family.upper()}, {person.given}")
    shoot(board, "board-live")


def test_a02_a_patient_moves_onto_the_ward(stage: Stage, board: Page) -> None:
    """Whoever is moved here appears in the bed that was told, marked as new, and is announced."""
    mrn = admitted(stage, "AMU")
    stage.lorenzo.transfer(mrn, WARD)
    refreshed(stage, board)
    expect(row(stage, board, mrn).locator("th")).to_have_text(bed(stage, mrn), timeout=TIMEOUT_MS)
    expect(row(stage, board, mrn)).to_contain_text("New")
    expect(board.locator("#changes")).to_contain_text("has arrived")
    shoot(board, "board-a02")


def test_a12_a_move_is_cancelled(stage: Stage, board: Page) -> None:
    """A patient whose move away was a mistake is back in the same bed."""
    mrn = admitted(stage, WARD)
    refreshed(stage, board)
    here = bed(stage, mrn)
    expect(row(stage, board, mrn)).to_be_visible(timeout=TIMEOUT_MS)
    stage.lorenzo.transfer(mrn, "AMU")
    refreshed(stage, board)
    expect(row(stage, board, mrn)).to_have_count(0, timeout=TIMEOUT_MS)
    stage.lorenzo.cancel_transfer(mrn)
    refreshed(stage, board)
    expect(row(stage, board, mrn).locator("th")).to_have_text(here, timeout=TIMEOUT_MS)
    shoot(board, "board-a12")


def test_a03_and_a13_a_discharge_and_its_cancelling(stage: Stage, board: Page) -> None:
    """A discharged patient leaves the board; when the discharge is cancelled they are back in the same bed."""
    mrn = admitted(stage, WARD)
    refreshed(stage, board)
    expect(row(stage, board, mrn)).to_be_visible(timeout=TIMEOUT_MS)
    stage.lorenzo.discharge(mrn)
    refreshed(stage, board)
    expect(row(stage, board, mrn)).to_have_count(0, timeout=TIMEOUT_MS)
    expect(board.locator("#changes")).to_contain_text("has left")
    shoot(board, "board-a03")
    stage.lorenzo.cancel_discharge(mrn)
    refreshed(stage, board)
    expect(row(stage, board, mrn).locator("th")).to_have_text(bed(stage, mrn), timeout=TIMEOUT_MS)
    shoot(board, "board-a13")


def test_a40_two_numbers_are_one_person(stage: Stage, board: Page) -> None:
    """Somebody not recognised at the door has no NHS number; after the merge the bed shows the survivor's."""
    people = stage.lorenzo.people
    known = next(one for one in iter(lambda: people.draw((70, 99)), None) if one.nhs_number)
    stage.lorenzo.register(known)
    double = stage.lorenzo.double_of(known.mrn)
    stage.lorenzo.admit(WARD, person=double)
    refreshed(stage, board)
    line = board.locator("#rows tr:not(.free)", has=board.get_by_text(bed(stage, double.mrn), exact=True))
    expect(line.locator(".number")).to_have_text("Not known", timeout=TIMEOUT_MS)
    stage.lorenzo.merge(known.mrn, double.mrn)
    refreshed(stage, board)
    expect(line.locator(".number")).to_contain_text(number(stage, known.mrn), timeout=TIMEOUT_MS)
    expect(board.locator("#changes")).to_contain_text("have changed")
    shoot(board, "board-a40")


def test_a_silent_feed_is_told_in_words(stage: Stage, board: Page) -> None:
    """When nothing comes any more the board says since when, and is quiet again once something does."""
    notice = board.locator("#notice")
    expect(notice).to_contain_text("nothing heard from the hospital's record system since", timeout=TIMEOUT_MS)
    shoot(board, "board-silent")
    admitted(stage, "AMU")
    refreshed(stage, board)
    expect(notice).to_be_hidden(timeout=TIMEOUT_MS)


def test_the_board_as_served_is_accessible(board: Page) -> None:
    """Under the hospital's own policy of what a page may load, axe finds nothing."""
    board.evaluate(AXE.read_text(encoding="utf-8"))
    assert board.evaluate("axe.run().then(told => told.violations.map(v => v.id))") == []


def test_when_the_hospital_stops_the_list_is_not_current(stage: Stage, board: Page) -> None:
    """The last step: the hospital is stopped, and the board says that its list is not current."""
    assert stage.process is not None
    stage.process.end()
    expect(board.locator("#notice")).to_contain_text("This list is NOT current", timeout=TIMEOUT_MS)
    shoot(board, "board-unreachable")
