"""How long a product's server takes to be up, and what one call of a service costs over its socket, confined as it is served.

python bench/runner.py        1,000 calls of the kit's service, one after the other; and 8 at a time
"""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from threading import Event

from starlette.types import ASGIApp, Receive, Scope, Send

from tabard.cli.wheels import kit_wheel
from tabard.product import LOCK, Server
from tabard.runner import Deployment, Runner, State

CALLS, AT_ONCE = 1_000, 8
SERVICE = b"""
from tabard_kit import Card, hook, serve

@hook("patient-view", id="hello", title="Hello")
def hello(request):
    return [Card("Hello", "Bench")]

serve()
"""
CALL = json.dumps({"hook": "patient-view", "hookInstance": "1", "context": {"patientId": "p1"}}).encode()


def main() -> None:
    """Measure and print."""
    kit = kit_wheel()
    files = {"service.py": SERVICE, LOCK: kit.locked.encode(), f"wheels/{kit.file_name}": kit.raw}
    with TemporaryDirectory() as folder, Runner(Path(folder), _nobody) as runner:
        for what in ("with its environment to be made", "again"):
            began = time.perf_counter()
            runner.start(Deployment("bench", "d1", Server("service"), lambda: files))
            _until_running(runner)
            print(f"up {what:<32} {1000 * (time.perf_counter() - began):8.0f} ms")
        took = [_call(runner) for _ in range(CALLS)]
        print(
            f"a call, one after the other: median  {1000 * median(took):8.2f} ms, p99 {1000 * quantiles(took, n=100)[98]:.2f} ms"
        )
        began = time.perf_counter()
        with ThreadPoolExecutor(AT_ONCE) as threads:
            list(threads.map(lambda _: _call(runner), range(CALLS)))
        print(f"calls, {AT_ONCE} at a time                   {CALLS / (time.perf_counter() - began):8.0f} /s")
        print(f"memory                               {(runner.health()[0].memory_bytes or 0) / 1_048_576:8.1f} MB")


def _call(runner: Runner) -> float:
    began = time.perf_counter()
    answer = runner.call("bench", "POST", "/cds-services/hello", CALL)
    assert answer.status == 200, answer
    return time.perf_counter() - began


def _until_running(runner: Runner) -> None:
    pause = Event()
    while runner.health()[0].state is not State.running:
        assert runner.health()[0].state is not State.given_up, runner.health()
        pause.wait(0.005)


def _nobody(product: str) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError(product, scope, receive, send)

    return app


if __name__ == "__main__":
    main()
