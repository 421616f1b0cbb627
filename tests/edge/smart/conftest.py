"""A hospital with apps of its own registered, served on a real socket, and a browser."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import uvicorn
from playwright.sync_api import Browser

from browser import chromium
from tabard.hospital import NewClient
from tabard.web.hospital import pages, product_files, site
from unit.web.people import RESOURCES
from unit.web.world import World, hospital_world

SCOPES = "launch launch/patient launch/encounter openid fhirUser online_access offline_access patient/*.rs user/*.rs"


@dataclass(frozen=True)
class Served:
    """A hospital that answers at `url`, and where the app that it registered takes its codes."""

    world: World
    url: str
    redirect: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The made-up hospital with one app of somebody else's, served until the module's tests are done."""
    folder = tmp_path_factory.mktemp("smart")
    listener, app_listener = (socket.create_server(("127.0.0.1", 0)) for _ in range(2))
    redirect = f"http://127.0.0.1:{app_listener.getsockname()[1]}/back"
    with hospital_world(folder / "h", RESOURCES, port=listener.getsockname()[1]) as world:
        clients = world.hospital.clients
        clients.add(NewClient("Growth charts", SCOPES, "growth", redirect, (redirect,)))
        base = world.hospital.settings.base_url
        app = site(pages(world.portal), world.gateway.app, product_files(world.hospital.installs, base), base)
        servers = [
            (uvicorn.Server(uvicorn.Config(one, log_config=None, access_log=False, ws="none")), sockets)
            for one, sockets in ((app, [listener]), (_app, [app_listener]))
        ]
        threads = [threading.Thread(target=server.run, kwargs={"sockets": sockets}) for server, sockets in servers]
        for thread in threads:
            thread.start()
        yield Served(world, base, redirect)
        for server, _ in servers:
            server.should_exit = True
        for thread in threads:
            thread.join()


async def _app(scope, receive, send):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  a page of somebody else's
    del receive
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": b"<!DOCTYPE html><title>back at the app</title>"})


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the module."""
    with chromium() as browser:
        yield browser
