"""Real endpoints: over TLS and not, slow ones and dead ones, and a process that is killed while it tells."""

import os
import random
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge.egress.test_egress import NAME, certificate
from edge.subscriptions.listeners import Listener, listening
from edge.subscriptions.served import serving
from tabard.gateway.egress import Caller
from unit.gateway.subscriptions.subscribed import SECRET, kind_of
from unit.gateway.world import observation

_VICTIM = Path(__file__).with_name("victim.py")
_KILLS = int(os.environ.get("TABARD_TOLD_KILLS", "3"))
_EVENTS = 12 * _KILLS


@pytest.fixture(name="pem", scope="module")
def _pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("tls"))


def here(port: int) -> Caller:
    """Calls endpoints of this machine, which the hospital named as inside."""
    return Caller(frozenset({("localhost", port), (NAME, port)}), resolve=lambda *_: ("127.0.0.1",))


def test_an_endpoint_is_told_over_tls(tmp_path: Path, pem: Path) -> None:
    """Handshake, then the event, with the owner's headers; the certificate is asked for the name."""
    listener = Listener()
    with listening(listener, pem) as port:
        trusting = ssl.create_default_context(cafile=str(pem))
        caller = Caller(frozenset({(NAME, port)}), resolve=lambda *_: ("127.0.0.1",), trust=trusting)
        with serving(tmp_path, caller) as world:
            world.approve(host=f"{NAME}:{port}")
            world.ask_for(f"https://{NAME}:{port}/told", header=[f"Authorization: {SECRET}"])
            listener.wait(1)
            world.told_by(observation("o-1", "ann"))
            first, second = listener.wait(2)
    assert (kind_of(first), kind_of(second)) == ("handshake", "event-notification")
    assert {one["authorization"] for one in listener.headers} == {SECRET}
    assert {one["content-type"] for one in listener.headers} == {"application/fhir+json"}


def test_a_certificate_of_nobody_known_is_told_nothing(tmp_path: Path, pem: Path) -> None:
    """Not even a handshake arrives, and the owner reads why."""
    listener = Listener()
    with listening(listener, pem) as port, serving(tmp_path, here(port)) as world:
        world.approve(host=f"{NAME}:{port}")
        world.ask_for(f"https://{NAME}:{port}/told")
        world.until_audited(action="handshake", outcome="failed")
    assert listener.bodies == []


def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    """Who was approved is told, and nobody to whom that one sends us."""
    listener, elsewhere = Listener(), Listener()
    with listening(listener) as port, listening(elsewhere) as other, serving(tmp_path, here(port)) as world:
        listener.status, listener.location = 307, f"http://localhost:{other}/"
        world.approve(host=f"localhost:{port}")
        world.ask_for(f"http://localhost:{port}/")
        world.until_audited(action="handshake", outcome="failed")
        (failed,) = world.audited(action="handshake", outcome="failed")
        assert failed["reason"] == "The host sent us elsewhere; nobody goes there."
    assert elsewhere.bodies == []


def test_an_endpoint_that_hangs_holds_up_nobody(tmp_path: Path) -> None:
    """While one never answers, another is told all, in order, and pages and links go on."""
    slow, quick = Listener(), Listener()
    with listening(slow) as first, listening(quick) as second:
        caller = Caller(frozenset({("localhost", first), ("localhost", second)}), resolve=lambda *_: ("127.0.0.1",))
        with serving(tmp_path, caller) as world:
            for port in (first, second):
                world.approve(host=f"localhost:{port}")
                world.ask_for(f"http://localhost:{port}/", timeout=30, most=1)
            slow.wait(1)
            quick.wait(1)
            slow.is_open.clear()
            world.told_by(observation("o-0", "ann"))
            slow.wait(2)
            world.told_by(*(observation(f"o-{number}", "ann") for number in range(1, 6)))
            assert [number for number, _ in quick.wait_for_events(6)] == [1, 2, 3, 4, 5, 6]
            assert len(slow.events()) == 1
            slow.is_open.set()
            assert [number for number, _ in slow.wait_for_events(6)][:1] == [1]


@contextmanager
def _victim(folder: Path, port: int) -> Iterator[None]:
    paths = os.pathsep.join(sys.path)
    process = subprocess.Popen(  # noqa: S603  our own script
        [sys.executable, str(_VICTIM), str(folder), str(port)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": paths},
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"telling\n"
        yield
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def test_a_killed_process_loses_no_event_and_gives_no_number_twice(tmp_path: Path) -> None:
    """Killed between commit and delivery, again and again: all come, in order, each number of one event, and those audited."""
    chance = random.Random(20260301)  # noqa: S311  the same moments each time, no secret
    listener = Listener()
    with listening(listener) as port, serving(tmp_path, here(port)) as world:
        world.approve(host=f"localhost:{port}")
        world.ask_for(f"http://localhost:{port}/", most=1)
        listener.wait(1)
        assert world.gateway.subscriptions is not None
        world.gateway.subscriptions.service.close()
        sent = 0
        for _ in range(_KILLS):
            world.put(*(observation(f"o-{number}", "ann") for number in range(sent, sent + 12)))
            sent += 12
            with _victim(tmp_path, port):
                listener.wait(len(listener.bodies) + chance.randrange(1, 8))
        with _victim(tmp_path, port):
            listener.wait_for_events(_EVENTS)
    events = list(dict.fromkeys(listener.events()))
    assert [number for number, _ in events] == list(range(1, _EVENTS + 1))
    assert [(focus or "").rpartition("/")[2] for _, focus in events] == [f"o-{number}" for number in range(_EVENTS)]
    order = [number for number, _ in listener.events()]
    assert order == sorted(order), "what comes again comes at once, before the next"
    told = {one["seen"][0] for one in world.audited(action="notify") if one["outcome"] == "granted"}
    assert told == {f"Observation/o-{number}" for number in range(_EVENTS)}
