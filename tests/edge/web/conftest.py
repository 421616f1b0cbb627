"""The portal on a real socket, with a ward product, for a real browser."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser

from browser import chromium
from tabard.web.hospital import pages, product_files, site
from unit.web.people import RESOURCES
from unit.web.world import LINE, LIVE, World, hospital_world

MANIFEST = """
id = "ward-board"
name = "Ward board"
version = "1.0.0"
publisher = "RXX"
[[part]]
kind = "app"
title = "Ward board"
launch = "launch.html"
start = "index.html"
context = "ward"
scopes = ["launch", "user/Encounter.rs"]
"""


@dataclass(frozen=True)
class Served:
    """A hospital that answers at `url`."""

    world: World
    url: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The made-up hospital with its links live and two messages parked, served until the module's tests are done."""
    folder = tmp_path_factory.mktemp("edge")
    listener = socket.create_server(("127.0.0.1", 0))
    with hospital_world(folder / "h", RESOURCES, port=listener.getsockname()[1]) as world:
        world.hospital.installs.install(_product(folder))
        base = world.hospital.settings.base_url
        app = site(pages(world.portal), world.gateway.app, product_files(world.hospital.installs, base), base)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield Served(world, base)
        server.should_exit = True
        thread.join()


def _product(folder: Path) -> Path:
    product = folder / "product"
    product.mkdir()
    (product / "tabard.toml").write_text(MANIFEST)
    (product / "launch.html").write_text('<!DOCTYPE html><title>Board</title><script src="board.js"></script>')
    (product / "index.html").write_text("<!DOCTYPE html><title>Board</title>")
    (product / "board.js").write_text(
        'document.title = "launched from " + new URLSearchParams(location.search).get("iss");'
    )
    return product


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the module."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def hospital(served: Served) -> Served:
    """The hospital as it was at the beginning: links live, two messages not filed."""
    served.world.links.told = (LIVE,)
    served.world.links.lines = (
        replace(LINE, seq=7),
        replace(LINE, seq=8, state="refused", reason="too_large", event="", control_id=""),
    )
    served.world.hospital.throttle._counts.clear()  # its clock stands still
    return served
