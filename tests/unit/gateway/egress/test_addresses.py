"""Where a name may lead: outside, and nowhere else."""

import pytest

from tabard.gateway import Refused
from tabard.gateway.egress.addresses import address_of, is_outside

INSIDE = (
    *(
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",  # noqa: S104  judged, not bound
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
    ),
    *("100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1"),
    *(
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:0001::",
        "2002:0a00:0001::1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
    ),
    *("2001:0:7f00:1::", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::", "", "nonsense", "1.1.1", "0x7f.1"),
)
OUTSIDE = ("8.8.8.8", "1.1.1.1", "51.140.1.1", "2606:4700:4700::1111")


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_inside_or_special_is_no_address_outside(address: str) -> None:
    """Loopback, private, link-local (a cloud's metadata), shared, multicast, reserved, and all of them dressed as IPv6; nothing dressed at all."""
    assert not is_outside(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_the_public_internet_is_outside(address: str) -> None:
    """Of both kinds."""
    assert is_outside(address)


def test_one_address_inside_spoils_all() -> None:
    """A name that leads out and in (rebinding) leads nowhere; one that is named as internal does."""
    both = ("8.8.8.8", "10.0.0.1")
    with pytest.raises(Refused) as refused:
        address_of("x.example.org", 443, frozenset(), lambda *_: both)
    assert refused.value.reason == "inside"
    assert address_of("x.example.org", 443, frozenset(), lambda *_: both[:1]) == "8.8.8.8"
    assert address_of("x.example.org", 443, frozenset({("x.example.org", 443)}), lambda *_: both[1:]) == "10.0.0.1"
    with pytest.raises(Refused):
        address_of("x.example.org", 8443, frozenset({("x.example.org", 443)}), lambda *_: both[1:])


def test_a_name_that_leads_nowhere_is_said_to() -> None:
    """No address, or no answer."""

    def nowhere(name: str, port: int) -> tuple[str, ...]:
        raise OSError(name, port)

    for resolve in (nowhere, lambda *_: ()):
        with pytest.raises(Refused) as refused:
            address_of("x.example.org", 443, frozenset(), resolve)
        assert refused.value.status == 502
