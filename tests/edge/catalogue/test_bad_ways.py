"""The way to a catalogue may be slow, endless, or lead elsewhere: each ends in bounded time, for its own reason."""

import os
import socket
from collections.abc import Callable
from gzip import compress
from pathlib import Path
from typing import BinaryIO

import pytest

from edge.catalogue.conftest import SHORT
from edge.catalogue.mirror import Mirror
from tabard.catalogue import Client, Fault, Patience, Untrusted, roles
from tabard.ground.errors import CallerError
from unit.catalogue.centre import GOOD, Centre

OK = b"HTTP/1.1 200 OK\r\n"
TIMESTAMP = "metadata/timestamp.json"
LONG = 100
"""How often a bad server goes on: far beyond what a site may bear, and yet an end for a test that fails."""


@pytest.fixture
def hasty(centre: Centre, web: Mirror, tmp_path: Path) -> Client:
    """A site that has read the catalogue once, and does not wait for long."""
    client = Client(tmp_path / "site", web.source, centre.publishing.root(), centre.clock, SHORT)
    client.refresh()
    return client


def refused(client: Client, reason: Fault) -> None:
    """That a refresh ends, and for this reason."""
    with pytest.raises(Untrusted) as caught:
        client.refresh()
    assert caught.value.reason is reason, str(caught.value)
    assert client.state().fault is reason


def silent(mirror: Mirror) -> Callable[[BinaryIO], None]:
    """Nothing at all, until the test is over."""

    def answer(_: BinaryIO) -> None:
        mirror.is_over.wait(5)
        raise ConnectionAbortedError

    return answer


def saying(raw: bytes) -> Callable[[BinaryIO], None]:
    """These bytes."""

    def answer(stream: BinaryIO) -> None:
        stream.write(raw)

    return answer


def trickling(mirror: Mirror, head: bytes, drop: bytes) -> Callable[[BinaryIO], None]:
    """`head`, then one `drop` after the other, each before the site would call it silence."""

    def answer(stream: BinaryIO) -> None:
        stream.write(head)
        for _ in range(LONG):
            if mirror.is_over.wait(SHORT.silence_s / 6):
                return
            stream.write(drop)
        raise ConnectionAbortedError

    return answer


def endless(stream: BinaryIO) -> None:
    """Bytes as fast as they are taken, of no announced length."""
    stream.write(OK + b"Connection: close\r\n\r\n")
    stream.writelines(b" " * 65536 for _ in range(LONG))


def test_a_server_that_says_nothing(centre: Centre, web: Mirror, tmp_path: Path) -> None:
    """Silence ends in the time allowed for it, long before the time for the whole."""
    patience = Patience(silence_s=SHORT.silence_s, file_s=600)
    client = Client(tmp_path / "site", web.source, centre.publishing.root(), centre.clock, patience)
    web.answers[TIMESTAMP] = silent(web)
    refused(client, Fault.too_slow)


def test_a_server_that_trickles_its_head(web: Mirror, hasty: Client) -> None:
    """Header lines without end, each in time, end with the time for the whole."""
    web.answers[TIMESTAMP] = trickling(web, OK, b"X-Wait: 1\r\n")
    refused(hasty, Fault.too_slow)


def test_a_server_that_trickles_its_body(web: Mirror, hasty: Client) -> None:
    """A byte at a time, each in time, ends with the time for the whole."""
    web.answers[TIMESTAMP] = trickling(web, OK + b"Content-Length: 9999\r\n\r\n", b" ")
    refused(hasty, Fault.too_slow)


def test_a_server_that_trickles_with_no_end_announced(web: Mirror, hasty: Client) -> None:
    """Where the end of the connection is the end of the file, a cut at the end of patience is not taken for it."""
    web.answers[TIMESTAMP] = trickling(web, OK + b"Connection: close\r\n\r\n", b" ")
    refused(hasty, Fault.too_slow)


def test_a_server_without_end(web: Mirror, hasty: Client) -> None:
    """Endless data are read to the bound and no further, for metadata and for a package."""
    listed = hasty.entry("ward-board").newest
    for path in (TIMESTAMP, roles.package_path(listed.package_sha256)):
        web.answers[path] = endless
    refused(hasty, Fault.too_large)
    with pytest.raises(Untrusted) as caught:
        hasty.package(listed)
    assert caught.value.reason is Fault.too_large


def test_a_slow_package_keeps_no_recall_waiting(centre: Centre, web: Mirror, tmp_path: Path) -> None:
    """While a package is on its way, a refresh goes on beside it, and brings the recall."""
    patience = Patience(silence_s=5, file_s=5, package_s=5)
    client = Client(tmp_path / "site", web.source, centre.publishing.root(), centre.clock, patience)
    listed = client.entry("ward-board").newest

    def answer(stream: BinaryIO) -> None:
        centre.publishing.recall(centre.recall(), centre.keys("recall")[0])
        web.copy(centre.public)
        client.refresh()
        stream.write(OK + b"Content-Length: %d\r\n\r\n" % len(GOOD) + GOOD)

    web.answers[roles.package_path(listed.package_sha256)] = answer
    assert client.package(listed) == GOOD
    assert client.recalls() == (centre.recall(),)


def test_nothing_is_unpacked(web: Mirror, hasty: Client) -> None:
    """A compressed answer is not opened, whatever is in it: a bomb has nothing to go off in."""
    packed = compress((web.folder / TIMESTAMP).read_bytes())
    web.answers[TIMESTAMP] = saying(OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed)
    refused(hasty, Fault.unreadable)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", Fault.unreachable),
        (b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", Fault.missing),
        (b"HTTP/1.1 204 No\r\n\r\n", Fault.unreachable),
        (b"HTTP/1.1 302 Away\r\nLocation: /catalogue/elsewhere.json\r\nContent-Length: 0\r\n\r\n", Fault.unreachable),
        (b"SSH-2.0-hello\r\n\r\n", Fault.unreachable),
        (OK + b"Content-Length: 9999\r\nConnection: close\r\n\r\n{", Fault.too_slow),
    ],
)
def test_answers_that_are_none(web: Mirror, hasty: Client, answer: bytes, reason: Fault) -> None:
    """Faults of the server, other servers, a redirect, half a file: refused, none followed."""
    web.answers[TIMESTAMP] = saying(answer)
    refused(hasty, reason)
    assert "elsewhere.json" not in web.asked


def test_nobody_there(centre: Centre, tmp_path: Path) -> None:
    """A port that nobody listens on is unreachable."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        source = f"http://127.0.0.1:{free.getsockname()[1]}"
        refused(Client(tmp_path / "site", source, centre.publishing.root(), centre.clock), Fault.unreachable)


def test_the_environment_s_proxy_is_not_used(
    centre: Centre, web: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the environment calls a proxy sees nothing of it."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    client = Client(tmp_path / "site", web.source, centre.publishing.root(), centre.clock)
    client.refresh()
    assert client.entry("ward-board").product == "ward-board"


def test_a_warm_refresh_asks_for_two_files(web: Mirror, hasty: Client) -> None:
    """When nothing is new, a site asks for the next root and the timestamp, and for no more."""
    hasty.entry("ward-board")
    web.asked.clear()
    hasty.refresh()
    hasty.entry("ward-board")
    assert web.asked == ["metadata/2.root.json", TIMESTAMP]


@pytest.mark.parametrize("kind", ["pipe", "device", "outside", "folder"])
def test_a_folder_s_odd_files(centre: Centre, tmp_path: Path, kind: str) -> None:
    """On a stick lies a pipe, a device, a link that leads outside, a folder: none is read, and none is waited for."""
    mirror = Mirror(tmp_path / "stick", str(tmp_path / "stick"))
    mirror.copy(centre.public)
    client = Client(tmp_path / "site", mirror.source, centre.publishing.root(), centre.clock)
    client.refresh()
    path = mirror.folder / TIMESTAMP
    raw = path.read_bytes()
    path.unlink()
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "device":
            path.symlink_to("/dev/zero")
        case "outside":
            (tmp_path / "outside.json").write_bytes(raw)
            path.symlink_to(tmp_path / "outside.json")
        case _:
            path.mkdir()
    refused(client, Fault.unreachable)


def test_a_stick_that_is_not_plugged_in(centre: Centre, tmp_path: Path) -> None:
    """A site whose source is not there begins all the same, and says so when it looks."""
    client = Client(tmp_path / "site", str(tmp_path / "stick"), centre.publishing.root(), centre.clock)
    assert client.recalls() == ()
    refused(client, Fault.unreachable)


@pytest.mark.parametrize("source", ["ftp://store.example/catalogue", "http://", "", "file:///etc"])
def test_an_address_of_another_kind_is_told(centre: Centre, tmp_path: Path, source: str) -> None:
    """Only http, https and a folder are sources."""
    with pytest.raises(CallerError, match="such an address"):
        Client(tmp_path / "site", source, centre.publishing.root())
