"""TLS: nothing of a message leaves before each side knows the other."""

from pathlib import Path

import pytest

from edge.out.certificates import Authority, server_context
from edge.out.receivers import carrying, destination, message, receiver, settled, when
from tabard.ground.errors import CallerError
from tabard.link.out import Outbound, OutReason, OutState


def test_a_receiver_that_is_vouched_for_gets_the_message(tmp_path: Path) -> None:
    """By the authority of the destination's own file."""
    trust = Authority(tmp_path / "keys", "ca")
    with receiver(context=server_context(trust.vouch("ehr"))) as ehr:
        destination(tmp_path, ehr.port, tls='[tls]\nca = "ca.pem"')
        with carrying(tmp_path) as outbound:
            told = settled(outbound, outbound.put("ehr", message("c1"), "c1", of=""))
    assert told.state is OutState.accepted
    assert ehr.calls[0].raw == message("c1")


def test_each_side_may_ask_the_other(tmp_path: Path) -> None:
    """Mutual TLS: the receiver takes messages from whom its authority vouches for."""
    trust, clients = Authority(tmp_path / "keys", "ca"), Authority(tmp_path / "keys", "clients")
    clients.vouch("tabard", "tabard.example")
    with receiver(context=server_context(trust.vouch("ehr"), clients)) as ehr:
        destination(tmp_path, ehr.port, tls='[tls]\nca = "ca.pem"\ncertificate = "tabard.pem"\nkey = "tabard.key"')
        with carrying(tmp_path) as outbound:
            assert settled(outbound, outbound.put("ehr", message("c1"), "c1", of="")).state is OutState.accepted


_HOSTS = {"another name": "other.example"}


@pytest.mark.parametrize(
    "case", ["stranger", "another name", "no certificate", "a stranger's certificate", "no TLS there"]
)
def test_who_is_not_trusted_gets_nothing(tmp_path: Path, case: str) -> None:
    """The message is kept, no try is counted, the reason can be read, and not one message was heard."""
    keys = tmp_path / "keys"
    trust, stranger = Authority(keys, "ca"), Authority(keys, "stranger")
    stranger.vouch("tabard")
    context = None
    if case != "no TLS there":
        pair = (stranger if case == "stranger" else trust).vouch("ehr", _HOSTS.get(case, "127.0.0.1"))
        context = server_context(pair, trust if "certificate" in case else None)
    own = 'certificate = "tabard.pem"\nkey = "tabard.key"' if case == "a stranger's certificate" else ""
    with receiver(lambda _: None, context=context) as ehr:
        rest = "connect_timeout_s = 1" if context is None else ""
        destination(tmp_path, ehr.port, rest, tls=f'[tls]\nca = "ca.pem"\n{own}')
        with carrying(tmp_path) as outbound:
            number = outbound.put("ehr", message("c1"), "c1", of="")
            refused = {OutReason.not_trusted} if context else {OutReason.not_trusted, OutReason.cannot_connect}
            told = when(outbound, number, lambda told: told.reason in refused)
            assert (told.state, told.attempts, told.doubts) == (OutState.queued, 0, 0)
            assert told.remedy
    assert not any(b"MSH" in call.raw for call in ehr.calls)  # a handshake may look like a frame to who expects none


def test_a_name_of_its_own_may_be_expected(tmp_path: Path) -> None:
    """Where the host is an address and the certificate has a name."""
    trust = Authority(tmp_path / "keys", "ca")
    with receiver(context=server_context(trust.vouch("ehr", "ehr.example"))) as ehr:
        destination(tmp_path, ehr.port, tls='[tls]\nca = "ca.pem"\nserver_name = "ehr.example"')
        with carrying(tmp_path) as outbound:
            assert settled(outbound, outbound.put("ehr", message("c1"), "c1", of="")).state is OutState.accepted


@pytest.mark.parametrize(
    "tls",
    [
        'ca = "missing.pem"',
        'ca = "tabard.key"',
        'certificate = "tabard.pem"\nkey = "other.key"',
        'certificate = "ca.pem"\nkey = "ca.pem"',
    ],
)
def test_files_that_cannot_be_used_are_told_before_anything_is_sent(tmp_path: Path, tls: str) -> None:
    """At the start, with the file and what it should hold."""
    trust = Authority(tmp_path / "keys", "ca")
    trust.vouch("tabard")
    trust.vouch("other")
    destination(tmp_path, 1, tls=f"[tls]\n{tls}")
    outbound = Outbound(tmp_path)
    with pytest.raises(CallerError) as refused:
        outbound.start()
    outbound.stop()
    assert "keys" in str(refused.value.where)
    assert refused.value.remedy
