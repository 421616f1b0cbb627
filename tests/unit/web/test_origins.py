"""Hosts and files: which application answers a name, and what of a folder can be had."""

from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp

from tabard.web.design.files import file_in
from tabard.web.hospital import product_files, site
from unit.web.browsing import Surfer
from unit.web.world import hospital_world

BASE = "http://localhost:8000"


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    folder = tmp_path / "product"
    (folder / "vendor").mkdir(parents=True)
    for name in ("index.html", "launch.html", "board.css", "vendor/client.js", "picture.svg", ".env", "server.py"):
        (folder / name).write_text(name)
    (folder / "tabard.toml").write_text(
        'id = "ward-board"\nname = "Ward board"\nversion = "1.0.0"\npublisher = "RXX"\n'
        '[[part]]\nkind = "app"\ntitle = "Ward board"\nlaunch = "launch.html"\nstart = "index.html"\n'
        'context = "ward"\nscopes = ["launch"]\n'
    )
    (tmp_path / "secret.html").write_text("secret")
    return folder


@pytest.fixture(name="ask")
def _ask(tmp_path: Path, folder: Path) -> Callable[[str], Surfer]:
    with hospital_world(tmp_path / "h", ()) as world:
        world.hospital.installs.install(folder)
        files = product_files(world.hospital.installs, BASE)

    def says(word: str) -> ASGIApp:
        return PlainTextResponse(word)

    app = site(says("portal"), says("gateway"), files, BASE)
    return lambda host: Surfer(app, f"http://{host}")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html"),
        ("/launch.html", "text/html"),
        ("/board.css", "text/css"),
        ("/vendor/client.js", "text/javascript"),
        ("/picture.svg", "image/svg+xml"),
    ],
)
def test_a_products_files_come_with_their_type(ask: Callable[[str], Surfer], path: str, kind: str) -> None:
    """The right type, said plainly, so that the browser need not guess."""
    answer = ask("ward-board.localhost:8000").get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_product_may_talk_to_itself_and_the_gateway_only(ask: Callable[[str], Surfer]) -> None:
    """The policy denies all but its own origin, and the gateway's for data."""
    policy = ask("ward-board.localhost:8000").get("/").headers["content-security-policy"]
    told = dict(part.split(" ", 1) for part in policy.split("; "))
    assert told["default-src"] == told["base-uri"] == told["frame-ancestors"] == "'none'"
    assert (
        told["script-src"]
        == told["style-src"]
        == told["img-src"]
        == told["font-src"]
        == told["form-action"]
        == "'self'"
    )
    assert told["connect-src"] == "'self' http://localhost:8000"


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.html",
        "/%2e%2e/secret.html",
        "/vendor/../../secret.html",
        "/..%2fsecret.html",
        "/.env",
        "/server.py",
        "/tabard.toml",
        "/vendor",
        "/%00.html",
    ],
)
def test_nothing_but_a_products_own_files_is_served(ask: Callable[[str], Surfer], path: str) -> None:
    """No way out of the folder, no hidden file, no kind of file that a page does not need."""
    answer = ask("ward-board.localhost:8000").get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_a_link_out_of_the_folder_is_not_followed(folder: Path, tmp_path: Path) -> None:
    """A symbolic link put there after the install leads nowhere."""
    (folder / "way-out.html").symlink_to(tmp_path / "secret.html")
    assert file_in(folder, "/way-out.html") is None
    assert file_in(folder, "/index.html") == (folder / "index.html").resolve()


def test_a_file_that_the_browser_has_is_not_sent_again(ask: Callable[[str], Surfer]) -> None:
    """The ETag answers 304; another ETag answers with the file; writing is not possible."""
    surfer = ask("ward-board.localhost:8000")
    etag = surfer.get("/board.css").headers["etag"]
    assert surfer.ask("GET", "/board.css", headers={"if-none-match": etag}).status_code == 304
    assert surfer.ask("GET", "/board.css", headers={"if-none-match": '"other"'}).status_code == 200
    assert surfer.post("/board.css", {}).status_code == 405


@pytest.mark.parametrize(
    ("host", "path", "answerer"),
    [
        ("localhost:8000", "/wards", "portal"),
        ("localhost:8000", "/fhir/Patient", "gateway"),
        ("localhost:8000", "/auth/token", "gateway"),
        ("localhost:8000", "/fhirs", "portal"),
        ("LOCALHOST:8000", "/", "portal"),
    ],
)
def test_each_path_has_its_application(ask: Callable[[str], Surfer], host: str, path: str, answerer: str) -> None:
    """The gateway has /fhir and /auth, the portal all else."""
    assert ask(host).get(path).text == answerer


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost:9000", "127.0.0.1:8000", "evil.localhost.example:8000"],
)
def test_a_foreign_name_reaches_nothing(ask: Callable[[str], Surfer], host: str) -> None:
    """DNS made to lead here finds neither pages nor data."""
    assert ask(host).get("/").status_code == 421


def test_a_host_of_no_product_says_so(ask: Callable[[str], Surfer]) -> None:
    """An unknown label and a label within a label are no product."""
    assert ask("other.localhost:8000").get("/").status_code == 404
    assert ask("a.ward-board.localhost:8000").get("/").status_code == 421
