"""Peers: who may send, and what all of them together may hold up."""

from pathlib import Path

import pytest

from tabard.ground.errors import CallerError
from tabard.link import LinkSettings, TlsSettings
from tabard.link.peers import HELD_BYTES, MAX_JUNK, Held, Junk, held_of, is_allowed, is_named, tls_of

CERTIFICATE = {
    "subject": ((("countryName", "GB"),), (("commonName", "lorenzo.trust"),)),
    "subjectAltName": (("DNS", "feed.trust"), ("IP Address", "10.0.0.1")),
}


@pytest.mark.parametrize(
    ("address", "networks", "is_so"),
    [
        ("10.1.2.3", (), True),
        ("10.1.2.3", ("10.1.0.0/16",), True),
        ("10.2.2.3", ("10.1.0.0/16", "10.2.2.3"), True),
        ("10.2.2.4", ("10.1.0.0/16", "10.2.2.3"), False),
        ("::ffff:10.1.2.3", ("10.1.0.0/16",), True),
        ("fe80::1%eth0", ("fe80::/10",), True),
        ("", ("10.1.0.0/16",), False),
        ("/run/socket", ("10.1.0.0/16",), False),
    ],
)
def test_addresses_are_allowed_by_network(address: str, networks: tuple[str, ...], is_so: bool) -> None:  # noqa: FBT001  a table
    """With networks named, only addresses in one of them; what is no address is in none."""
    assert is_allowed(address, networks) is is_so


def test_certificates_are_allowed_by_name() -> None:
    """DNS names count, and the common name only where there are none; other parts do not; no certificate has no name."""
    assert is_named(CERTIFICATE, ("x", "feed.trust"))
    assert not is_named(CERTIFICATE, ("lorenzo.trust",)), "its subscriber may have chosen that"
    assert is_named({"subject": CERTIFICATE["subject"]}, ("lorenzo.trust",))
    assert is_named({**CERTIFICATE, "subjectAltName": (("IP Address", "10.0.0.1"),)}, ("lorenzo.trust",))
    assert not is_named(CERTIFICATE, ("GB",))
    assert not is_named(CERTIFICATE, ("10.0.0.1",))
    assert not is_named(None, ("lorenzo.trust",))
    assert is_named(None, ())


def test_junk_is_counted_for_an_address_and_forgiven() -> None:
    """One piece too many is seen whichever connection it came by; an hour later counting begins anew; others are not blamed."""
    junk = Junk()
    assert [junk.is_too_much("a", 0.0) for _ in range(MAX_JUNK + 1)] == [False] * MAX_JUNK + [True]
    assert not junk.is_too_much("b", 0.0)
    assert not junk.is_too_much("a", 4000.0)


def test_junk_of_many_addresses_is_forgotten_not_kept() -> None:
    """However many addresses bring junk, only the latest are remembered."""
    junk = Junk()
    for n in range(5000):
        junk.is_too_much(f"{n}", 0.0)
    assert len(junk._known) <= 1024


def test_who_holds_most_lets_go() -> None:
    """Where all unfinished frames together hold too much, the largest is named; what was let go holds nothing."""
    held = Held(100)
    assert held.set("a", 40) is None
    assert held.set("b", 60) is None
    assert held.set("c", 10) == "b"
    assert held.set("b", 0) is None
    assert held.set("c", 50) is None


def test_two_of_the_largest_messages_always_have_room() -> None:
    """The bound is of all links together, and never so small that large messages could not come."""
    assert held_of([LinkSettings("a", "itk-2.4", 0)])._most == HELD_BYTES
    assert held_of([LinkSettings("a", "itk-2.4", 0, limit_bytes=HELD_BYTES)])._most == 2 * HELD_BYTES


def test_settings_of_peers_are_checked() -> None:
    """What is no network, file name or pair is refused when it is written down, with its place."""
    for wrong in ({"peers": ("10.1.0.0/99",)}, {"acknowledge": "never"}, {"keep_days": -1}):
        with pytest.raises(CallerError, match=next(iter(wrong))):
            LinkSettings("a", "itk-2.4", 0, **wrong)
    with pytest.raises(CallerError, match="certificate"):
        TlsSettings("../up.pem", "key.pem")
    with pytest.raises(CallerError, match="client_names"):
        TlsSettings("a.pem", "b.pem", client_names=("x",))


def test_a_certificate_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Files that cannot be used are the caller's fault, with the place and the remedy."""
    with pytest.raises(CallerError, match="keys/"):
        tls_of(tmp_path, TlsSettings("a.pem", "b.pem"), "lorenzo")
