"""Accredited products on a served hospital: launched, stopped while they are open, and saying why wherever they are looked for."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, expect

from accessible import NARROW, WIDE, must_be_accessible
from edge.web import conftest as edge
from edge.web.test_in_a_browser import _sign_in, _tab
from tabard.audit import AuditLog, read
from tabard.catalogue import Level
from tabard.demo.launching import launch
from tabard.demo.visitor import Visitor
from tabard.hospital import Wanted, Watch, install, trust, uninstall
from tabard.product import Package, pack, read_package
from tabard.web.hospital import pages, product_files, site
from unit.hospital.a_centre import Centre, Clock, files, package
from unit.web.people import RESOURCES
from unit.web.world import NOW, PASSWORD, World, hospital_world

DIRECTIVES = {"default-src": "'none'", "script-src": "'self'", "img-src": "'self' data:"}


@dataclass
class Served:
    """A hospital that answers at `url`, the centre it trusts, and its watch, turned by hand."""

    world: World
    url: str
    centre: Centre
    watch: Watch

    def install(self) -> None:
        """Install the ward board's newest version."""
        install(self.world.hospital, Wanted("ward-board"), lambda _: True)


@pytest.fixture(name="served", scope="module")
def _served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("products")
    centre = Centre(folder, Clock(NOW))
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]

    def begun(hospital: object) -> None:
        trust(folder / "h", str(centre.public), centre.root, centre.clock)
        del hospital

    with hospital_world(folder / "h", RESOURCES, port=port, begun=begun) as world:
        base = world.hospital.settings.base_url
        app = site(pages(world.portal), world.gateway.app, product_files(world.hospital.installs, base), base)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        audit = AuditLog(world.audit, centre.clock)
        yield Served(world, base, centre, Watch(world.hospital, world.gateway, audit))
        audit.close()
        server.should_exit = True
        thread.join()


@pytest.fixture(name="visitor")
def _visitor(served: Served) -> Iterator[Visitor]:
    served.world.hospital.throttle._counts.clear()
    visitor = Visitor(served.url)
    visitor.sign_in("nurse", PASSWORD)
    yield visitor
    visitor.close()


VERSIONS = iter(range(1, 100))


@pytest.fixture(name="board")
def _board(served: Served) -> Iterator[Served]:
    """The ward board, a version of its own for each test, freshly installed."""
    served.centre.publish(package(f"1.{next(VERSIONS)}.0"))
    served.install()
    yield served
    uninstall(served.world.hospital, "ward-board")
    served.watch.settle()


def _origin(served: Served, path: str) -> httpx.Response:
    """A page of the product, as a browser asks it on the product's own origin."""
    host = served.url.replace("http://", "ward-board.")
    return httpx.get(served.url + path, headers={"Host": host}, trust_env=False)


def _recall(served: Served) -> None:
    """The centre recalls the version that is here, and the hospital hears of it."""
    sha256 = served.world.hospital.installs.get("ward-board").sha256
    served.centre.recall(Level.stop, sha256, id_=f"R-{sha256[:8]}")
    served.watch.refresh()


def test_a_recall_ends_what_is_open_and_says_why_wherever_it_is_looked_for(board: Served, visitor: Visitor) -> None:
    """The open board loses its data at once; portal, launch and the product's own origin tell reason and remedy."""
    opened = launch(visitor, package().manifest, "/wards/ward-a", "ward", "ward-a")
    asked = "/Encounter?location=Location/ward-a"
    assert opened.get(asked).status_code == httpx.codes.OK
    form = visitor.get("/wards/ward-a")
    assert "Open Ward board" in form.text
    _recall(board)
    assert opened.get(asked).status_code == httpx.codes.UNAUTHORIZED
    opened.close()
    tried = visitor.post("/products/ward-board/launch", "/wards/ward-a", {"context": "ward", "id": "ward-a"})
    assert tried.status_code == httpx.codes.FORBIDDEN
    answers = [tried, visitor.get("/products"), visitor.get("/products/ward-board"), _origin(board, "/")]
    for answer in answers:
        assert "It may show a patient in the wrong bed." in answer.text
        assert "Use the ward list of the record system." in answer.text
        assert "Recalled" in answer.text
    ward = visitor.get("/wards/ward-a").text
    assert "Ward board is stopped." in ward
    assert 'action="/products/ward-board/launch"' not in ward
    told = [(one["action"], one["outcome"], one.get("reason")) for one in read(board.world.audit) if one.get("client")]
    assert {("stop", "granted", "recalled"), ("launch", "refused", "client")} <= set(told)


@pytest.mark.parametrize("path", ["/", "/index.html", "/board.js", "/launch.html?iss=x&launch=y", "/nowhere"])
def test_a_stopped_product_serves_none_of_its_files(board: Served, path: str) -> None:
    """403 and why, at every address; nothing runs there, and nothing of the product is in the answer."""
    assert _origin(board, path).status_code == (httpx.codes.NOT_FOUND if path == "/nowhere" else httpx.codes.OK)
    _recall(board)
    answer = _origin(board, path)
    assert answer.status_code == httpx.codes.FORBIDDEN
    assert "Ward board is stopped" in answer.text
    assert "launched" not in answer.text
    assert "script-src" not in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


def test_no_changed_byte_of_an_accredited_product_is_served(board: Served, visitor: Visitor) -> None:
    """The file is compared as it is served: the product is stopped before the first wrong byte leaves."""
    file = board.world.hospital.installs.get("ward-board").folder / "board.js"
    file.chmod(0o600)
    file.write_bytes(b"document.title = 'evil';")
    answer = _origin(board, "/board.js")
    assert answer.status_code == httpx.codes.FORBIDDEN
    assert "evil" not in answer.text
    assert "board.js is other than it was" in answer.text
    assert "Files have changed" in visitor.get("/products").text


def test_a_file_added_to_an_accredited_product_is_not_served_and_stops_it(board: Served) -> None:
    """What was not in the package is none of the product; the watch finds it, nobody has to ask for it."""
    folder = board.world.hospital.installs.get("ward-board").folder
    folder.chmod(0o700)
    (folder / "more.js").write_text("evil()")
    answer = _origin(board, "/more.js")
    assert answer.status_code == httpx.codes.NOT_FOUND
    assert "evil" not in answer.text
    board.watch.obey()
    assert "more.js was not in the package" in _origin(board, "/").text


@pytest.mark.parametrize(
    "path", ["/board.js/", "//board.js//", "/%2e/board.js", "/BOARD.js", "/a//board.js", "/..", "/%00"]
)
def test_no_address_that_anybody_types_stops_a_product(board: Served, path: str) -> None:
    """Whatever a stranger's link asks for, a product whose files are sound goes on."""
    assert _origin(board, path).status_code in {httpx.codes.OK, httpx.codes.NOT_FOUND}
    assert board.world.hospital.installs.get("ward-board").is_active


def _with_worker(version: str, *allows: str) -> Package:
    """The ward board with a worker of each kind, whose page tells in its title which of them run."""
    more = {
        "board.js": b"""
            const told = (word) => document.title += ` ${word}`;
            const worker = new Promise((done) => {
              const made = new Worker("worker.js");
              made.onmessage = () => done("worker");
              made.onerror = () => done("none");
            });
            const service = navigator.serviceWorker.register("service.js").then(() => "service", () => "none");
            Promise.all([worker, service]).then((words) => told(`runs ${words.join(" ")}`));
        """,
        "worker.js": b"postMessage(1);",
        "service.js": b"addEventListener('fetch', (event) => event.respondWith(new Response('still here')));",
    }
    return read_package(pack({**files(version, allows=allows), **more}))


@pytest.mark.parametrize(("allows", "runs"), [((), "none none"), (("workers",), "worker none")])
def test_no_worker_runs_unasked_and_no_service_worker_at_all(
    served: Served, browser: Browser, allows: tuple[str, ...], runs: str
) -> None:
    """A service worker would go on answering for the product in the browser after a recall."""
    served.centre.publish(_with_worker(f"1.{next(VERSIONS)}.0", *allows))
    served.install()
    page = browser.new_page()
    page.goto(served.url.replace("http://", "http://ward-board.") + "/launch.html")
    expect(page).to_have_title(f"Board runs {runs}")
    page.close()
    uninstall(served.world.hospital, "ward-board")


def test_the_policy_of_an_origin_is_what_the_manifest_asks_for_and_no_more(served: Served) -> None:
    """A product that asks for images in its own text may have them; its pages talk to the gateway alone."""
    made = package(f"1.{next(VERSIONS)}.0", allows=("data-images",))
    served.centre.publish(made)
    served.install()
    policy = _origin(served, "/").headers["content-security-policy"]
    told = dict(part.split(" ", 1) for part in policy.split("; "))
    assert {name: told[name] for name in DIRECTIVES} == DIRECTIVES
    assert told["connect-src"] == f"'self' {served.url}"
    uninstall(served.world.hospital, "ward-board")
    assert _origin(served, "/").status_code == httpx.codes.NOT_FOUND


def test_the_page_of_a_product_tells_all_that_was_verified(board: Served, visitor: Visitor) -> None:
    """Who accredited it, until when, the digest, what it may touch in words, what the hospital took on."""
    page = visitor.get("/products/ward-board").text
    install = board.world.hospital.installs.get("ward-board")
    for words in (
        "Accredited by Ada Safe (clinical safety reviewer) and Bo Secure (security reviewer) on 02-Mar-2026 until 18-Sep-2026.",
        install.sha256,
        "It asks for no more than was judged",
        "No recall of it is known.",
        "Use it beside the record system, not in its place.",
        "Tell the ward what to do when the feed is silent.",
        "names, birth dates, addresses and numbers",
        "Intended use: Shows a ward.",
        "Recalls are known as of 02-Mar-2026 14:06.",
    ):
        assert words in page


def test_a_product_that_was_taken_away_leaves_its_history(board: Served, visitor: Visitor) -> None:
    """What was here, when it was verified and how it ended; a product that never was here is not found."""
    version = board.world.hospital.installs.get("ward-board").version
    uninstall(board.world.hospital, "ward-board")
    page = visitor.get("/products/ward-board").text
    assert "It was here, and is no more." in page
    assert version in page
    assert "taken away" in page
    assert visitor.get("/products/never-was").status_code == httpx.codes.NOT_FOUND
    board.install()


def test_products_are_for_those_who_see_patients(served: Served) -> None:
    """Whoever looks after links alone is told so, and sees nothing of a product."""
    visitor = Visitor(served.url)
    visitor.sign_in("feeds", PASSWORD)
    for path in ("/products", "/products/ward-board"):
        assert visitor.get(path).status_code == httpx.codes.FORBIDDEN
    visitor.close()


def test_a_catalogue_that_is_not_fresh_is_told_and_an_ended_accreditation_too(board: Served, visitor: Visitor) -> None:
    """A banner each, in words; the product can be opened all the same."""
    portal = board.world.portal
    later = NOW.replace(year=2027)
    object.__setattr__(portal, "clock", lambda: later)
    try:
        page = visitor.get("/products").text
        assert "is out of date: a recall since then would not be known here" in page
        assert "Its accreditation ended on 18-Sep-2026." in page
        assert 'action="/products/ward-board/launch"' in page
    finally:
        object.__setattr__(portal, "clock", lambda: NOW)


def test_the_pages_of_products_are_clean_to_axe(board: Served, browser: Browser) -> None:
    """Open, with a notice, and stopped: no rule broken at either width, nothing wider than the screen."""
    board.world.hospital.throttle._counts.clear()
    sha256 = board.world.hospital.installs.get("ward-board").sha256
    with _tab(browser) as page:
        _sign_in(page, edge.Served(board.world, board.url), "nurse")
        for turn in ("open", "notice", "stopped"):
            if turn == "notice":
                board.centre.recall(Level.advisory, sha256, id_=f"A-{sha256[:8]}")
                board.watch.refresh()
            elif turn == "stopped":
                _recall(board)
            for path in ("/products", "/products/ward-board", "/wards/ward-a"):
                page.goto(board.url + path)
                must_be_accessible(page, WIDE, NARROW)
        page.goto(board.url.replace("http://", "http://ward-board."))
        page.get_by_role("heading", level=1, name="Ward board is stopped").wait_for()
