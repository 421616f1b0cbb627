"""The gateway behind a real uvicorn on a real socket."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn

from tabard.audit import verify
from tabard.gateway import PatientContext
from unit.gateway.world import ORIGIN, World, a_world

pytestmark = pytest.mark.on_both_engines


class Ready(uvicorn.Server):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        self.listening.set()


@contextmanager
def served(world: World) -> Iterator[str]:
    """The address of the world's gateway on loopback."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(world.gateway.app, loop="uvloop", http="httptools", log_level="error", lifespan="off")
        server = Ready(config)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        assert server.listening.wait(30)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A fresh pretend hospital."""
    with a_world(tmp_path) as world:
        yield world


def test_many_at_once_are_answered_and_each_is_audited(world: World) -> None:
    """Eight products read at once: every answer is right, every one is in the chain."""
    tokens = {name: world.access(PatientContext(name)) for name in ("ann", "ben")}
    before = len(world.audited())
    with served(world) as address, httpx.Client(base_url=address) as client, ThreadPoolExecutor(8) as pool:

        def read(number: int) -> bool:
            mine, other = ("ann", "ben") if number % 2 else ("ben", "ann")
            headers = {"Authorization": f"Bearer {tokens[mine]}"}
            good = client.get(f"/fhir/Patient/{mine}", headers=headers)
            bad = client.get(f"/fhir/Patient/{other}", headers=headers)
            return good.status_code == 200 and good.json()["id"] == mine and bad.status_code == 403

        assert all(pool.map(read, range(100)))
    assert len(world.audited()) == before + 200
    assert verify(world.folder / "audit").is_intact


def test_a_whole_launch_over_the_socket(world: World) -> None:
    """Discovery, authorize, token, read, refresh and 304 through real HTTP."""
    wishes = world.wishes(PatientContext("ann"))
    with served(world) as address, httpx.Client(base_url=address) as client:
        discovered = client.get("/fhir/.well-known/smart-configuration").json()
        path = discovered["authorization_endpoint"].removeprefix(ORIGIN)
        back = client.get(path, params=wishes, headers={"Cookie": "session=p-sister"})
        code = dict(httpx.URL(back.headers["location"]).params)["code"]
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": "board",
            "redirect_uri": wishes["redirect_uri"],
            "code_verifier": "v" * 43,
        }
        told = client.post("/auth/token", data=form).json()
        headers = {"Authorization": f"Bearer {told['access_token']}"}
        first = client.get("/fhir/Patient/ann", headers=headers)
        again = client.get("/fhir/Patient/ann", headers={**headers, "If-None-Match": first.headers["etag"]})
        assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
        fresh = client.post("/auth/token", data={"grant_type": "refresh_token", "refresh_token": told["refresh_token"]})
        assert fresh.status_code == 200


def test_a_body_without_end_is_cut_off(world: World) -> None:
    """A form that grows beyond the limit is refused with 413 and not kept in memory."""
    token = world.access(PatientContext("ann"))
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-www-form-urlencoded"}
    body = (b"x" * 1024 for _ in range(200))
    with served(world) as address, httpx.Client(base_url=address) as client:
        assert client.post("/fhir/Encounter/_search", headers=headers, content=body).status_code == 413
