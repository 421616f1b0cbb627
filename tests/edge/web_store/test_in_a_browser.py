"""The store's pages in a real browser: accessible at two widths, and a decision signed by keys that never leave it."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import Browser, Page

from accessible import NARROW, WIDE, must_be_accessible
from browser import chromium
from tabard.decision import Role
from tabard.ground.keys import read_signing_key, write_signing_key
from unit.web_store.world import Person, World, world_in


@pytest.fixture(scope="module", name="browser")
def _browser(world: World) -> Iterator[Browser]:
    """A Chromium begun after the world: while it lives, no test in this process can run a loop of its own."""
    del world
    with chromium() as running:
        yield running


@pytest.fixture(scope="module", name="world")
def _world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A store with one case reviewed by both, served until the module's tests are done."""
    folder = tmp_path_factory.mktemp("store")
    with socket.create_server(("127.0.0.1", 0)) as listener, world_in(folder, listener.getsockname()[1]) as world:
        _enrol_token(world, folder)
        world.reviewed()
        server = uvicorn.Server(uvicorn.Config(world.app, log_config=None, access_log=False, lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield world
        server.should_exit = True
        thread.join()


@pytest.fixture(name="page")
def _page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def _enrol_token(world: World, folder: Path) -> None:
    """A second security reviewer whose key is P-256, as hardware tokens hold."""
    private = generate_private_key(SECP256R1())
    (folder / "token.pem").write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    key = read_signing_key(folder / "token.pem")
    targets = [read_signing_key(folder / f"offline/targets-{number}.pem") for number in (1, 2)]
    enrolled = world.store.assessors.enrol("Dr Token", Role.security, key.public, targets, "token", organisation="X26")
    world.people["token"] = Person("token", enrolled.password or "", key)


def sign_in(page: Page, world: World, name: str) -> None:
    """Sign in and open the one case."""
    who = world.people[name]
    page.goto(f"{world.store.settings.base_url}/sign-in?next=/cases")
    page.fill("#username", who.username)
    page.fill("#password", who.password)
    page.click("main button")
    page.click("main table a")


def test_two_people_sign_in_their_browsers_and_the_product_is_published(
    page: Page, world: World, tmp_path: Path
) -> None:
    """A key with a passphrase is told so; an Ed25519 and a P-256 key sign; every page on the way is accessible."""
    base = world.store.settings.base_url
    for path in ("/", "/submit", "/sign-in", world.makers_page(world.store.cases()[0].id), "/nowhere"):
        page.goto(base + path)
        must_be_accessible(page, WIDE, NARROW)
    sign_in(page, world, "token")
    must_be_accessible(page, WIDE, NARROW)
    page.click("text=Take this case")
    page.wait_for_url("**?done=assigned")
    page.click("text=Sign out")
    sign_in(page, world, "clinical")
    must_be_accessible(page, WIDE, NARROW)
    page.fill("#conditions", "Only on screens of staff.")
    page.locator("form[action$=drafts] button").click()
    must_be_accessible(page, WIDE, NARROW)
    write_signing_key(tmp_path / "locked.pem", world.people["clinical"].key, "a passphrase")
    page.set_input_files("#key", tmp_path / "locked.pem")
    page.click("text=Sign this decision")
    page.wait_for_selector("[role=alert] >> text=passphrase")
    for name in ("clinical", "token"):
        if name != "clinical":
            page.click("text=Sign out")
            sign_in(page, world, name)
        write_signing_key(tmp_path / f"{name}.pem", world.people[name].key)
        page.set_input_files("#key", tmp_path / f"{name}.pem")
        page.click("text=Sign this decision")
        page.wait_for_url("**?done=signed")
        must_be_accessible(page, WIDE, NARROW)
    assert [one.name for one in world.store.cases()[0].signed_by] == ["Dr Clinical", "Dr Token"]
    assert world.store.release()
    for path in ("/", "/products/ward-board", "/cases"):
        page.goto(base + path)
        must_be_accessible(page, WIDE, NARROW)
