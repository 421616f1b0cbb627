"""Who may send: TLS, certificates and addresses on real sockets; and peers that are many, or bring nothing but trouble."""

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from edge.intake.certificates import Authority
from edge.intake.peers import TIMEOUT_S, Peer, Served, message, served
from tabard.hl7v2 import wrap
from tabard.journal import State
from tabard.link import TlsSettings
from tabard.link.peers import MAX_JUNK, Held

MANY = 2000


def until(check: Callable[[], bool]) -> None:
    """Wait for what will be so in a moment."""
    waiting = threading.Event()
    for _ in range(int(TIMEOUT_S * 100)):
        if check():
            return
        waiting.wait(0.01)
    raise AssertionError("it did not come about")


class SecretPeer(Peer):
    """A connection that speaks TLS."""

    def __init__(self, address: tuple[str, int], trusted: Path, shown: tuple[Path, Path] | None = None) -> None:
        super().__init__(address)
        context = ssl.create_default_context(cafile=trusted)
        if shown is not None:
            context.load_cert_chain(*shown)
        self.socket = context.wrap_socket(self.socket, server_hostname="127.0.0.1")


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The authority that the hospital trusts; its files are as in a hospital's `keys/`."""
    authority = Authority(tmp_path_factory.mktemp("trust") / "keys")
    authority.sign("hospital")
    return authority


def folder_of(tmp_path: Path, trust: Authority) -> Path:
    """A hospital's folder with the keys in it."""
    (tmp_path / "keys").symlink_to(trust.path.parent)
    return tmp_path


def test_a_link_speaks_tls(tmp_path: Path, trust: Authority) -> None:
    """With a certificate set, messages come over TLS and are answered; who speaks plainly gets nowhere and is counted."""
    tls = TlsSettings("hospital.pem", "hospital.key")
    with served(folder_of(tmp_path, trust), tls=tls) as running:
        with closing(SecretPeer(running.address, trust.path)) as peer:
            assert peer.ask(message("secret")) == ("AA", "secret")
        plain = running.peer()
        plain.send(wrap(message("plain")))
        assert plain.is_closed() or plain.is_closed()  # an alert may come first
        until(lambda: running.links.feeds()[0].refused_peers == 1)
        assert running.reader().counts()["received"] == 1


def test_only_certificates_of_the_authority_and_with_the_name_are_let_in(tmp_path: Path, trust: Authority) -> None:
    """With mutual TLS a stranger's certificate, none, or one of another name brings nothing in; each is counted."""
    tls = TlsSettings("hospital.pem", "hospital.key", client_authority="authority.pem", client_names=("lorenzo",))
    lorenzo, other = trust.sign("lorenzo"), trust.sign("other")
    stranger = Authority(tmp_path / "elsewhere", "stranger").sign("lorenzo")
    with served(folder_of(tmp_path, trust), tls=tls) as running:
        for shown in (stranger, None, other):
            with pytest.raises((OSError, EOFError)), closing(SecretPeer(running.address, trust.path, shown)) as peer:
                peer.ask(message("refused"))
        with closing(SecretPeer(running.address, trust.path, lorenzo)) as peer:
            assert peer.ask(message("let-in")) == ("AA", "let-in")
        until(lambda: running.links.feeds()[0].refused_peers == 3)
        assert [line.control_id for line in running.reader().entries()] == ["let-in"]


def test_an_address_that_is_not_allowed_is_turned_away(tmp_path: Path) -> None:
    """It is closed before a byte is read, counted, and not journaled."""
    with served(tmp_path, peers=("192.0.2.0/24",)) as running:
        peer = running.peer()
        with suppress(ConnectionError):
            peer.send(wrap(message("refused")))
        assert peer.is_closed()
        until(lambda: running.links.feeds()[0].refused_peers == 1)
        assert running.links.feeds()[0].connections == 0
        assert running.reader().counts()["received"] == 0


def test_junk_is_counted_across_connections(tmp_path: Path) -> None:
    """A peer that comes again for each piece of junk fills the journal no more than one that stays; messages are still taken."""
    with served(tmp_path) as running:
        for _ in range(MAX_JUNK + 20):
            with closing(Peer(running.address)) as peer, suppress(OSError):
                peer.send(b"junk")
                peer.socket.shutdown(socket.SHUT_WR)
                assert peer.is_closed()
        assert running.peer().ask(message("good")) == ("AA", "good")
        assert running.reader().counts()["refused"] == MAX_JUNK


def test_unfinished_frames_hold_no_more_than_they_may_together(tmp_path: Path) -> None:
    """Where many peers begin large messages and do not end them, the largest is given up; the others, and new ones, are taken."""
    with served(tmp_path, frame_timeout_s=3600) as running:
        peers = [running.peer() for _ in range(4)]
        listener_holds(running, Held(400_000))
        for peer in peers:
            peer.send(b"\x0b" + message("begun") + b"x" * 150_000)
        until(lambda: running.reader().counts()["refused"] >= 1)
        (first, *_) = running.reader().entries(state=State.refused)
        assert first.reason == "unfinished_frame"
        assert running.peer().ask(message("new")) == ("AA", "new")


def listener_holds(running: Served, held: Held) -> None:
    """Make the bound a small one."""
    for listener in running.links._taking._listeners:
        running.in_loop(lambda one=listener: setattr(one, "_held", held))  # type: ignore[misc]  # mypy knows no default of a lambda


def test_two_thousand_connections_are_served(tmp_path: Path) -> None:
    """Each of two thousand senders, all connected at once, gets its answer; one more is turned away."""
    with served(tmp_path, max_connections=MANY) as running:
        peers = [running.peer() for _ in range(MANY)]
        for number, peer in enumerate(peers):
            peer.send(wrap(message(f"m{number}", person=number)))
        for number, peer in enumerate(peers):
            assert f"MSA|AA|m{number}\r".encode() in peer.answer()
        assert running.peer().is_closed()
        assert running.links.feeds()[0].turned_away == 1
        until(lambda: running.reader().counts()["applied"] == MANY)
