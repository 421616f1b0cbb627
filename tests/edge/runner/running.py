"""Runners for tests: parts started and waited for, asked, and a gateway's end that says who asked."""

import json
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from tabard.ground.time import system_clock
from tabard.product import Server
from tabard.runner import Deployment, Health, Rhythm, Runner, State, this_host

QUICK = Rhythm(first_pause_s=0.01, longest_pause_s=0.05, most_failures=3, look_s=0.1)
_PATIENCE_S = 120.0
SETTLED = frozenset({State.running, State.given_up})


class Signalled:
    """A clock that is also heard: the runner looks at it each time that a part's state changes."""

    def __init__(self) -> None:
        self.changed = threading.Condition()

    def __call__(self) -> datetime:
        """The time now."""
        with self.changed:
            self.changed.notify_all()
        return system_clock()


class Parts:
    """A runner with parts that are asked by code."""

    def __init__(self, folder: Path, **more: Any) -> None:
        this_host()  # where bubblewrap is missing every test here fails, with the remedy
        self.folder = folder
        self.clock = Signalled()
        self.runner = Runner(folder, answering, self.clock, **({"rhythm": QUICK} | more))

    def start(self, product: str, files: Mapping[str, bytes], *, digest: str = "d1", **limits: Any) -> Health:
        """Start it, and wait until it runs or is given up."""
        self.runner.start(Deployment(product, digest, Server("part", **limits), lambda: files))
        return self.until(product, *SETTLED)

    def until(self, product: str, *states: State, restarts: int = 0) -> Health:
        """Wait until a part is in one of the states, and has been started again so often."""
        end = threading.Event()
        timer = threading.Timer(_PATIENCE_S, end.set)
        timer.start()
        try:
            while not end.is_set():
                health = self.health(product)
                if health.state in states and health.restarts >= restarts:
                    return health
                with self.clock.changed:
                    self.clock.changed.wait(0.05)
        finally:
            timer.cancel()
        raise AssertionError(f"{product} is {self.health(product)}")

    def health(self, product: str) -> Health:
        """How the part is now."""
        return next(one for one in self.runner.health() if one.product == product)

    def ask(self, product: str, code: str, timeout_s: float = 30) -> Any:
        """What the code leaves in `answer` when the part runs it."""
        return json.loads(self.runner.call(product, "POST", "/", code.encode(), timeout_s=timeout_s).body)


def answering(product: str) -> ASGIApp:
    """What the gateway's end answers: by whom it thinks that it was asked."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        body = f"you are {product}: {scope['path']}".encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
        await send({"type": "http.response.body", "body": body})

    return app
