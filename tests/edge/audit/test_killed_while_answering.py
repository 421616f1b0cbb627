"""A served hospital is killed while it answers: whatever bytes anybody was given are in the audit, and the chains hold."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from typer.testing import CliRunner

from tabard.accounts import Cost
from tabard.audit import Asked, Index, Search, read, verify_with_heads
from tabard.cli.hospital import app as command
from tabard.gateway.smart.assertions import TYPE
from tabard.hospital import init, load
from tabard.record import RecordWriter

KILLS = int(os.environ.get("TABARD_AUDIT_KILLS", "3"))
PEOPLE, CLIENTS = 600, 8
_PATIENCE_S = 120.0
_CHEAP = Cost(log2_n=4, r=1, p=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A hospital with many patients, and a service that may read them."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    init(tmp_path / "h", "St Elsewhere Hospital", "RZZ", port, cost=_CHEAP)
    writer = RecordWriter(load(tmp_path / "h", cost=_CHEAP).record)
    with writer.transaction() as writing:
        for number in range(PEOPLE):
            writing.put({"resourceType": "Patient", "id": f"p-{number}", "active": True}, "lorenzo")
    writer.close()
    return tmp_path / "h"


@contextmanager
def serving(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """The hospital in a process of its own, once it listens."""
    words = [sys.executable, "-m", "tabard", "hospital", "serve", str(folder)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment) as process:  # noqa: S603  our own
        try:
            assert process.stdout is not None
            assert process.stdout.readline()
            yield process
        finally:
            process.kill()


def token_of(folder: Path, base: str, key: ECKey) -> str:
    """An access token of the service; it outlives every start of the hospital."""
    public = folder / "service.jwks"
    public.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    words = ["client", "add", str(folder), "--name", "A service", "--id", "service", "--scope", "system/Patient.rs"]
    done = CliRunner().invoke(command, [*words, "--backend", "--jwks", str(public), "--json"])
    assert done.exit_code == 0, done.output
    claims = {"iss": "service", "sub": "service", "aud": f"{base}/auth/token", "jti": str(uuid4())}
    told = jwt.encode(
        {"alg": "ES384", "kid": "one", "typ": "JWT"},
        {**claims, "exp": int(time.time()) + 240},
        key,
        algorithms=["ES384"],
    )
    form = {"grant_type": "client_credentials", "scope": "system/Patient.rs", "client_assertion_type": TYPE}
    answer = httpx.post(f"{base}/auth/token", data={**form, "client_assertion": told}, trust_env=False)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def answered(base: str, token: str, numbers: range, process: "subprocess.Popen[str]", after: int) -> set[str]:
    """Who was shown, whole, to `CLIENTS` at once, until the process is killed: by the one who was shown the `after`th."""
    shown: list[str] = []

    def ask(mine: range) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=base, headers=headers, timeout=_PATIENCE_S, trust_env=False) as client:
            for number in mine:
                try:
                    answer = client.get(f"/fhir/Patient/p-{number}")
                except httpx.TransportError:
                    return
                assert (answer.status_code, answer.json()["id"]) == (200, f"p-{number}")
                shown.append(f"Patient/p-{number}")
                if len(shown) == after:
                    os.kill(process.pid, signal.SIGKILL)

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(ask, [numbers[first::CLIENTS] for first in range(CLIENTS)]))
    return set(shown)


def test_answered_bytes_and_audit_agree_after_kills(folder: Path) -> None:
    """Whoever was shown is in the audit, as read by that service; beyond them at most those who were asked for as it died."""
    base, key = load(folder, cost=_CHEAP).settings.base_url, ECKey.generate_key("P-384", {"kid": "one", "alg": "ES384"})
    shown: set[str] = set()
    token = ""
    share = PEOPLE // KILLS
    for kill in range(KILLS):
        with serving(folder) as process:
            token = token or token_of(folder, base, key)
            shown |= answered(base, token, range(kill * share, (kill + 1) * share), process, 20 + kill * 31)
            assert process.wait(_PATIENCE_S) == -signal.SIGKILL
    rows = [row for row in read(folder / "audit") if row["action"] == "read" and row["outcome"] == "granted"]
    audited = [row["resource"] for row in rows]
    assert len(shown) >= 20 * KILLS
    assert len(set(audited)) == len(audited), "each was asked for once"
    assert shown <= set(audited)
    assert len(set(audited) - shown) <= KILLS * CLIENTS
    assert {row["client"] for row in rows} == {"service"}
    assert verify_with_heads(folder / "audit").problems == ()
    index = Index(folder / "audit")
    try:
        told = Search(folder / "audit", index).find(Asked(client="service", action="read"), 1000)
    finally:
        index.close()
    assert {entry.event.resource for entry in told.entries if entry.event} == set(audited)
