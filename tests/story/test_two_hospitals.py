"""The whole road in a real browser: two products, judged once, at a Lorenzo hospital and at a Millennium hospital, unchanged."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from accessible import must_be_accessible
from story.two_hospitals import TIMEOUT_MS, Heard, Ward, shoot
from tabard.demo import Stage, free_ports, installing, opening, play, stage_in
from tabard.demo.ports import Ports
from tabard.sandbox import C_REACTIVE_PROTEIN, VITAL_SIGNS

SILENCE_S = 5
VITALS = ("134", "81", "92", "37.4", "18", "95")
BOTH = pytest.mark.parametrize("which", ["elsewhere", "millpond"])


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The store and both hospitals, everything built, judged, signed, verified, installed, and the wards filled."""
    ports = free_ports(Ports(8310, 8410, 8510, 2585, 2685, 8610))
    made = stage_in(tmp_path_factory.mktemp("two"), ports, SILENCE_S)
    try:
        played = play(opening(), made, lambda _step: None, lambda _outcome: None)
        assert played.ok, played.outcomes[-1]
        yield made
    finally:
        made.clear()


@pytest.fixture(scope="module")
def wards(stage: Stage) -> dict[str, Ward]:
    return {"elsewhere": Ward(stage.elsewhere, "elsewhere"), "millpond": Ward(stage.millpond, "millpond")}


@pytest.fixture(scope="module")
def boards(browser: Browser, wards: dict[str, Ward]) -> dict[str, Page]:
    """The ward board at both, left open as on a wall."""
    pages = {name: ward.signed_in(browser) for name, ward in wards.items()}
    for name, page in pages.items():
        shoot(page, f"{name}-portal")
        wards[name].opened_board(page)
    return pages


@BOTH
def test_the_board_shows_the_ward(wards: dict[str, Ward], boards: dict[str, Page], which: str) -> None:
    """Everybody whom the pretend hospital has on the ward is shown in their bed, and nobody else."""
    ward, board = wards[which], boards[which]
    expect(board.locator("#ward")).to_have_text(ward.house.ward_code)
    census = ward.house.ehr.census
    inside = census.inpatients(ward.house.ward_code)
    expect(board.locator("#rows tr:not(.free)")).to_have_count(len(inside))
    for mrn in inside:
        person = census.person(mrn)
        line = board.locator("#rows tr:not(.free)", has=board.locator("th").get_by_text(ward.bed(mrn)))
        expect(line).to_contain_text(f"{person.family.upper()}, {person.given}")
    shoot(board, f"{which}-board")


@BOTH
def test_a_patient_moves_onto_the_ward(wards: dict[str, Ward], boards: dict[str, Page], which: str) -> None:
    """A02: whoever is moved here appears in the bed that was told, marked as new, and is announced."""
    ward, board = wards[which], boards[which]
    mrn = ward.admitted(ward.elsewhere())
    ward.house.ehr.transfer(mrn, ward.house.ward_code)
    ward.refreshed(board)
    expect(ward.row(board, mrn).locator("th")).to_have_text(ward.bed(mrn), timeout=TIMEOUT_MS)
    expect(ward.row(board, mrn)).to_contain_text("New")
    expect(board.locator("#changes")).to_contain_text("has arrived")


@BOTH
def test_a_move_is_cancelled(wards: dict[str, Ward], boards: dict[str, Page], which: str) -> None:
    """A12: a patient whose move away was a mistake is back in the same bed."""
    ward, board = wards[which], boards[which]
    mrn = ward.admitted(ward.house.ward_code)
    ward.refreshed(board)
    here = ward.bed(mrn)
    expect(ward.row(board, mrn)).to_be_visible(timeout=TIMEOUT_MS)
    ward.house.ehr.transfer(mrn, ward.elsewhere())
    ward.refreshed(board)
    expect(ward.row(board, mrn)).to_have_count(0, timeout=TIMEOUT_MS)
    ward.house.ehr.cancel_transfer(mrn)
    ward.refreshed(board)
    expect(ward.row(board, mrn).locator("th")).to_have_text(here, timeout=TIMEOUT_MS)


@BOTH
def test_a_discharge_and_its_cancelling(wards: dict[str, Ward], boards: dict[str, Page], which: str) -> None:
    """A03, A13: a discharged patient leaves the board; when the discharge is cancelled they are back in the same bed."""
    ward, board = wards[which], boards[which]
    mrn = ward.admitted(ward.house.ward_code)
    ward.refreshed(board)
    expect(ward.row(board, mrn)).to_be_visible(timeout=TIMEOUT_MS)
    ward.house.ehr.discharge(mrn)
    ward.refreshed(board)
    expect(ward.row(board, mrn)).to_have_count(0, timeout=TIMEOUT_MS)
    expect(board.locator("#changes")).to_contain_text("has left")
    ward.house.ehr.cancel_discharge(mrn)
    ward.refreshed(board)
    expect(ward.row(board, mrn).locator("th")).to_have_text(ward.bed(mrn), timeout=TIMEOUT_MS)


@BOTH
def test_two_numbers_are_one_person(wards: dict[str, Ward], boards: dict[str, Page], which: str) -> None:
    """A40 here, A34 there: somebody not recognised at the door has no NHS number; after the merge the bed shows the survivor's."""
    ward, board = wards[which], boards[which]
    ehr = ward.house.ehr
    known = next(one for one in iter(lambda: ehr.people.draw((70, 99)), None) if one.nhs_number)
    ehr.register(known)
    double = ehr.double_of(known.mrn)
    ehr.admit(ward.house.ward_code, person=double)
    ward.refreshed(board)
    line = board.locator("#rows tr:not(.free)", has=board.locator("th").get_by_text(ward.bed(double.mrn)))
    expect(line.locator(".number")).to_have_text("Not known", timeout=TIMEOUT_MS)
    ehr.merge(known.mrn, double.mrn)
    ward.refreshed(board)
    expect(line.locator(".number")).to_contain_text(ward.number(known.mrn), timeout=TIMEOUT_MS)
    expect(board.locator("#changes")).to_contain_text("have changed")


@BOTH
def test_observations_show_what_this_hospital_has(
    stage: Stage, wards: dict[str, Ward], browser: Browser, which: str
) -> None:
    """At St Elsewhere what HL7 v2 brought, at Millpond what Millennium holds: this patient's pulse, pressure and CRP `<5`."""
    ward = wards[which]
    mrn = ward.admitted(ward.house.ward_code)
    other = ward.admitted(ward.house.ward_code)
    hidden: list[str] = []
    for patient, pulse in ((mrn, "92"), (other, "141")):
        values = (*VITALS[:2], pulse, *VITALS[3:])
        if which == "millpond":
            hidden += [stage.millennium.fhir_id(patient), *stage.millennium.vital_signs(patient, values)]
            hidden += stage.millennium.result(patient, C_REACTIVE_PROTEIN, ["<5"])
        else:
            stage.lorenzo.result(patient, VITAL_SIGNS, values)
            stage.lorenzo.result(patient, C_REACTIVE_PROTEIN, ["<5"])
    page, heard = ward.signed_in(browser), Heard()
    page.on("response", heard.listen)
    ward.refreshed(page)
    ward.opened_observations(page, mrn)
    expect(page.locator("#banner")).to_contain_text(ward.number(mrn))
    expect(page.locator("#vitals")).to_contain_text("92 /min")
    expect(page.locator("#vitals")).to_contain_text("134/81 mmHg")
    expect(page.locator("#results")).to_contain_text("<5 mg/L")
    expect(page.locator("#main")).not_to_contain_text("141")
    shoot(page, f"{which}-observations")
    must_be_accessible(page)
    assert heard.bodies
    assert set(heard.statuses) == {200}
    if which == "millpond":
        seen = "\n".join(heard.bodies)
        hidden += [stage.millennium.tenant, stage.millennium.fhir_base]
        assert [
            one for one in hidden if f'"{one}"' in seen or f"/{one}" in seen or (len(one) > 12 and one in seen)
        ] == []
        assert stage.millennium.refused == ()
    page.context.close()


@BOTH
def test_the_hospital_shows_what_it_verified(wards: dict[str, Ward], browser: Browser, which: str) -> None:
    """Who accredited each product, until when, and every step that was verified; accessible."""
    page = wards[which].signed_in(browser)
    page.goto(f"{wards[which].house.base}/products")
    expect(page.locator("main")).to_contain_text("Dr Miriam Castellan")
    expect(page.locator("main")).to_contain_text("Tomasz Wyrd")
    shoot(page, f"{which}-products")
    must_be_accessible(page)
    page.locator("main a[href*='/products/observations']").first.click()
    shoot(page, f"{which}-evidence")
    must_be_accessible(page)
    page.context.close()


@BOTH
def test_a_silent_feed_is_told_in_words(wards: dict[str, Ward], boards: dict[str, Page], which: str) -> None:
    """When nothing comes any more the board says since when, and is quiet again once something does."""
    ward, board = wards[which], boards[which]
    notice = board.locator("#notice")
    expect(notice).to_contain_text("nothing heard from the hospital's record system since", timeout=TIMEOUT_MS)
    shoot(board, f"{which}-board-silent")
    ward.admitted(ward.elsewhere())
    ward.refreshed(board)
    expect(notice).to_be_hidden(timeout=TIMEOUT_MS)
    must_be_accessible(board)


def test_a_recall_stops_both_and_they_say_why(
    stage: Stage, wards: dict[str, Ward], boards: dict[str, Page], browser: Browser
) -> None:
    """The open boards show no list any more; neither hospital opens it again, and each says why and what to do instead."""
    reason = installing.recall(stage)
    for name, ward in wards.items():
        page = ward.signed_in(browser)
        page.goto(f"{ward.house.base}/products")
        expect(page.locator("main")).to_be_visible()
        for _ in range(60):
            if reason in page.locator("main").inner_text():
                break
            page.wait_for_timeout(500)
            page.reload()
        expect(page.locator("main")).to_contain_text(reason)
        expect(page.locator("main")).to_contain_text("Use the record system's own ward list.")
        expect(page.get_by_role("button", name="Open Ward board")).to_have_count(0)
        shoot(page, f"{name}-recalled")
        must_be_accessible(page)
        page.goto(f"http://ward-board.localhost:{ward.house.port}/index.html")
        expect(page.locator("main")).to_contain_text(reason)
        shoot(page, f"{name}-recalled-origin")
        must_be_accessible(page)
        board = boards[name]
        board.clock.run_for(5_500)
        expect(board.locator("#rows tr")).to_have_count(0, timeout=TIMEOUT_MS)
        shoot(board, f"{name}-board-recalled")
        page.context.close()


def test_what_was_not_recalled_goes_on(wards: dict[str, Ward], browser: Browser) -> None:
    """Observations opens as before at both."""
    for ward in wards.values():
        page = ward.signed_in(browser)
        mrn = ward.admitted(ward.elsewhere())
        ward.refreshed(page)
        ward.opened_observations(page, mrn)
        page.context.close()


def test_a_millennium_that_does_not_answer_is_told_in_words(
    stage: Stage, wards: dict[str, Ward], browser: Browser
) -> None:
    """The portal shows the rest of the patient and says that results could not be had; the app says so too; the board goes on."""
    ward = wards["millpond"]
    mrn = ward.admitted(ward.elsewhere())
    page = ward.signed_in(browser)
    ward.refreshed(page)
    stage.millennium.trouble("unavailable", 40)
    page.goto(f"{ward.house.base}/patients?q={mrn}")
    page.locator("a[href^='/patients/']").first.click()
    expect(page.locator("main")).to_contain_text(ward.number(mrn))
    shoot(page, "millpond-patient-without-results")
    page.get_by_role("button", name="Open Observations").first.click()
    expect(page.locator("#notice")).to_be_visible(timeout=TIMEOUT_MS)
    shoot(page, "millpond-observations-unavailable")
    stage.millennium.trouble("unavailable", 0)
    page.context.close()


def test_when_the_hospital_stops_what_is_shown_is_not_current(wards: dict[str, Ward], browser: Browser) -> None:
    """The last step: the hospital is stopped, and an open app says that it is not current."""
    ward = wards["elsewhere"]
    page = ward.signed_in(browser)
    mrn = ward.admitted(ward.elsewhere())
    ward.refreshed(page)
    ward.opened_observations(page, mrn)
    assert ward.house.process is not None
    ward.house.process.end()
    page.clock.run_for(40_000)
    expect(page.locator("#notice")).to_contain_text("NOT current", timeout=TIMEOUT_MS)
    shoot(page, "observations-unreachable")
