"""The ward board before a gateway that can be made to fail: what it shows, and what it never shows as current."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accessible import must_be_accessible
from story.pretend_gateway import PretendGateway, ago, bed, patient, visit
from tabard.accreditation import read_hazard_log


@pytest.fixture
def board(gateway: PretendGateway, page: Page) -> Page:
    """A board on which time is ours: it stands still between `run_for`s."""
    gateway.resources += [
        patient("p1", "Patel", "Priya"),
        patient("p2", "Okafor", "Ngozi", "9991234519", "02"),
        visit("v1", "p1", ("A10", ago(days=2, hours=3), None)),
        visit("v2", "p2", ("A1", ago(hours=5), ago(minutes=50)), ("A2", ago(minutes=50), None)),
    ]
    page.clock.install()
    gateway.open_board(page)
    expect(page.locator("#board")).to_be_visible()
    return page


def lines(page: Page) -> list[list[str]]:
    return [
        row.split("\t")
        for row in page.locator("#rows tr").evaluate_all(
            "rows => rows.map(r => [...r.cells].map(c => c.innerText.trim()).join('\\t'))"
        )
    ]


def later(page: Page, seconds: float = 6) -> None:
    page.clock.run_for(int(seconds * 1000))


def test_it_shows_who_is_here_by_bed(board: Page, gateway: PretendGateway) -> None:
    """Rows are in bed order with name, birth date, number, since when on this ward and under whom; beds without a patient are told."""
    shown = lines(board)
    assert [row[0] for row in shown] == ["A1", "A2", "A10"]
    assert shown[0][1] == "Nobody recorded"
    assert shown[1][1] == "OKAFOR, Ngozi (Mrs)"
    assert shown[1][3] == "999 123 4519 Not verified"
    assert "5 hours" in shown[1][4]
    assert shown[2][1] == "PATEL, Priya (Mrs)"
    assert shown[2][2].startswith("12-Mar-1948 (")
    assert "2 days" in shown[2][4]
    assert shown[2][5] == "Dr Jaya Mistry"
    expect(board.locator("#ward")).to_have_text("Fern")
    expect(board.locator("#count")).to_have_text("2 patients, nobody recorded in 1 bed")
    expect(board.locator("#notice")).to_be_hidden()
    assert gateway.outside == []


def test_every_page_of_an_answer_is_read(board: Page, gateway: PretendGateway) -> None:
    """A gateway that answers one entry a page hides nobody."""
    gateway.page_size = 1
    gateway.resources += [patient("p3", "Kaur", "Harpreet"), visit("v3", "p3", ("A1", ago(minutes=1), None))]
    later(board)
    expect(board.locator("#rows tr")).to_have_count(3)
    expect(board.locator("#count")).to_have_text("3 patients")


def test_an_arrival_is_marked_and_told_without_moving_focus(board: Page, gateway: PretendGateway) -> None:
    """Somebody new is marked `New` and announced politely; what has not changed stays the same element."""
    board.evaluate("window.kept = document.querySelector('[data-key=v1]')")
    gateway.resources += [patient("p3", "Kaur", "Harpreet"), visit("v3", "p3", ("A1", ago(minutes=1), None))]
    later(board)
    expect(board.locator("[data-key=v3]")).to_contain_text("New")
    expect(board.locator("#changes")).to_have_text("KAUR, Harpreet (Mrs) has arrived, bed A1.")
    assert board.evaluate("window.kept === document.querySelector('[data-key=v1]')")
    assert board.evaluate("document.activeElement === document.body")


def test_only_who_is_on_this_ward_now(board: Page, gateway: PretendGateway) -> None:
    """A visit whose stay here is over, or that is not in progress, is not shown, whatever the answer holds."""
    gone, finished = visit("v1", "p1", ("A10", ago(days=2), ago(hours=1))), visit("v2", "p2", ("A2", ago(days=1), None))
    finished["status"] = "finished"
    gateway.resources = [one for one in gateway.resources if one["resourceType"] != "Encounter"] + [gone, finished]
    later(board)
    expect(board.locator("#count")).to_have_text("0 patients, nobody recorded in 3 beds")
    expect(board.locator("#changes")).to_contain_text("PATEL, Priya (Mrs) has left, bed A10.")


def test_a_new_bed_is_learned(board: Page, gateway: PretendGateway) -> None:
    """A bed never seen before is asked for by name."""
    gateway.resources += [bed("SR1"), patient("p3", "Kaur", "Harpreet"), visit("v3", "p3", ("SR1", ago(hours=1), None))]
    later(board)
    expect(board.locator("[data-key=v3] th")).to_have_text("SR1")


@pytest.mark.parametrize("width", [320, 400, 900])
def test_a_long_bed_never_lies_over_a_name(board: Page, gateway: PretendGateway, width: int) -> None:
    """On a narrow screen a bed that is told with its bay wraps in its own column: the name beside it stays readable."""
    gateway.resources += [bed("Side Rooms, SR1"), visit("v3", "p1", ("Side Rooms, SR1", ago(hours=1), None))]
    board.set_viewport_size({"width": width, "height": 800})
    later(board)
    expect(board.locator("[data-key=v3] th")).to_have_text("Side Rooms, SR1")
    overlaps = board.locator("#rows tr").evaluate_all(
        """rows => rows.filter(row => {
            const words = document.createRange();
            words.selectNodeContents(row.cells[0]);
            return words.getBoundingClientRect().right > row.cells[1].getBoundingClientRect().left;
        }).length"""
    )
    assert overlaps == 0


def test_hazards_are_marked(board: Page, gateway: PretendGateway) -> None:
    """Same family name, a bed shared, no bed, an unreadable patient: each keeps its row and says so."""
    gateway.resources += [
        patient("p3", "PATEL", "Sunita", None),
        visit("v3", "p3", ("A10", ago(hours=1), None)),
        visit("v4", "nobody", (None, ago(hours=1), None)),
    ]
    later(board)
    for key in ("v1", "v3"):
        expect(board.locator(f"[data-key={key}]")).to_contain_text("Similar name")
        expect(board.locator(f"[data-key={key}]")).to_contain_text("Shares bed")
    expect(board.locator("[data-key=v3] .number")).to_have_text("Not known")
    expect(board.locator("[data-key=v4] th")).to_have_text("No bed")
    expect(board.locator("[data-key=v4] .name")).to_have_text("Name cannot be read")
    assert lines(board)[-1][0] == "No bed"


def test_a_number_that_fails_its_check_is_marked_even_when_it_came_as_verified(
    board: Page, gateway: PretendGateway
) -> None:
    """The last digit decides, and so does the mark that the hospital set; the status that came with it does not."""
    marked = patient("p4", "Rees", "Carys", "9990000018")
    marked["identifier"][0]["extension"].append({"url": "urn:tabard:extension:failed-check", "valueBoolean": True})
    gateway.resources += [
        patient("p3", "Kaur", "Harpreet", "9990000001", status="01"),
        visit("v3", "p3", ("A1", ago(hours=1), None)),
        marked,
        visit("v4", "p4", ("A3", ago(hours=1), None)),
    ]
    later(board)
    expect(board.locator("[data-key=v3] .number")).to_have_text("999 000 0001 Not valid")
    expect(board.locator("[data-key=v4] .number")).to_have_text("999 000 0018 Not valid")
    expect(board.locator("[data-key=v1] .number")).to_have_text("999 000 0018")


FEEDS = (
    (
        '"lorenzo";state=silent;last="2026-03-02T10:41:00Z"',
        "nothing heard from the hospital's record system since Mon 2 Mar 10:41.",
    ),
    (
        '"lorenzo";state=silent;last=@1772448060',
        "nothing heard from the hospital's record system since Mon 2 Mar 10:41.",
    ),
    (
        '"a";state=live;last="2026-03-02T10:41:00Z", "b";state=behind',
        "messages from the hospital's record system are still waiting to be read.",
    ),
    ('"lorenzo";state=never', "nothing was ever heard from the hospital's record system."),
    ('"lorenzo";state=sideways', "the hospital did not say how fresh it is."),
    (None, "the hospital did not say how fresh it is."),
)


def test_a_feed_that_is_not_live_is_told_in_words(board: Page, gateway: PretendGateway) -> None:
    """Whatever is not known to be live is said to be out of date, maybe; a live one ends it."""
    live = gateway.feed
    for feed, said in FEEDS:
        gateway.feed = feed
        later(board)
        expect(board.locator("#notice")).to_have_text(f"This list may be out of date: {said}")
    gateway.feed = live
    later(board)
    expect(board.locator("#notice")).to_be_hidden()


@pytest.mark.parametrize("fault", ["cut", 503])
def test_when_the_gateway_cannot_be_reached_the_list_is_old(
    board: Page, gateway: PretendGateway, fault: int | str
) -> None:
    """The list is marked as not current with its time, taken away after five minutes, and comes back by itself."""
    gateway.fails = fault
    later(board)
    expect(board.locator("#notice")).to_contain_text("This list is NOT current")
    expect(board.locator("#note")).to_contain_text("The list below is how it was at")
    expect(board.locator("#board")).to_have_class("board board-old")
    board.clock.fast_forward("05:30")
    later(board)
    expect(board.locator("#board")).to_be_hidden()
    gateway.fails = None
    later(board)
    expect(board.locator("#board")).to_be_visible()
    expect(board.locator("#notice")).to_be_hidden()


def test_a_failure_just_after_a_token_was_renewed_ends_no_session(board: Page, gateway: PretendGateway) -> None:
    """The refresh token that came with the renewed one is used next, and not the old one, which would sign the ward out."""
    for _ in range(2):
        gateway.fails = 503
        board.clock.fast_forward("15:00")
        later(board)
        expect(board.locator("#notice")).to_be_visible()
    gateway.fails = None
    later(board)
    expect(board.locator("#board")).to_be_visible()
    assert gateway.refreshes >= 2


@pytest.mark.parametrize(("status", "said"), [(401, "Your session has ended."), (403, "does not let this board see")])
def test_when_the_session_ends_the_list_goes_at_once(
    board: Page, gateway: PretendGateway, status: int, said: str
) -> None:
    """No patient stays on the screen of somebody who may not see them any more."""
    gateway.fails = status
    later(board)
    expect(board.locator("#notice")).to_contain_text(said)
    expect(board.locator("#board")).to_be_hidden()
    assert "PATEL" not in board.content()
    later(board)
    expect(board.locator("#notice")).to_contain_text(said)


def test_opened_without_a_launch_it_says_so(gateway: PretendGateway, page: Page) -> None:
    """The page itself, without a launch, shows nobody and sends the person to the portal."""
    assert gateway.outside == []
    page.goto(f"{gateway.origin}/index.html")
    expect(page.locator("#notice")).to_contain_text("Open the ward board again from the hospital's portal.")


def test_it_is_accessible_at_every_width(board: Page, gateway: PretendGateway) -> None:
    """Axe finds nothing, and nothing has to be scrolled sideways, from a wall to a phone and at double zoom."""
    gateway.feed = FEEDS[0][0]
    gateway.resources += [patient("p3", "PATEL", "Sunita", None), visit("v3", "p3", ("A10", ago(minutes=1), None))]
    later(board)
    expect(board.locator("#notice")).to_be_visible()
    must_be_accessible(board, 1920, 1280, 640, 360)


def test_the_board_names_its_hazards() -> None:
    """Each control of the hazard log says where it lies, in a file that there is."""
    folder = Path(__file__).resolve().parents[2] / "products/ward-board"
    log = read_hazard_log((folder / "hazards.toml").read_bytes())
    named = [name for one in log.hazards for each in one.controls for name in each.implemented]
    assert named
    assert all((folder / name).is_file() for name in named)
