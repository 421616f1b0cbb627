"""A store, real and served from its folder."""

from collections.abc import Callable
from pathlib import Path

from starlette.types import ASGIApp

from tabard import store as stores
from tabard.store import Store
from tabard.web.store import Counter, api, site
from tabard.wiring.serving import listening, server_of


def store_app(store: Store) -> ASGIApp:
    """The store's one web application: its pages, its API and the catalogue's public files."""
    return site(Counter(store), api.routes(store))


def serve_store(folder: Path, tell: Callable[[], None]) -> None:
    """Serve the store in `folder` until it is told to stop (SIGINT or SIGTERM), then finish what is in hand.

    `tell` is called once it listens. Raises NoStore or BadSettings for a folder that holds none, CallerError when the
    web port cannot be had or another process serves this folder.
    """
    store = stores.load(folder)
    worker = stores.Worker(store)
    with listening(store.settings.port, "store.toml") as web:
        worker.start()
        try:
            server = server_of(store_app(store))
            tell()
            server.run(sockets=[web])
        finally:
            worker.stop()
