"""Addresses that a registered client may have: where codes are sent, where it is opened, where its keys are. Pure.

Source: RFC 9700, 2.1 and 4.1 (redirect URIs are compared whole); RFC 8252, 7 (apps on a device); RFC 6749, 3.1.2.
"""

import re
from urllib.parse import SplitResult, urlsplit

_LONGEST = 2000
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PRIVATE_USE = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+")
"""A scheme that an app on a device has to itself: a domain name of its maker's, backwards. Source: RFC 8252, 7.1."""


def web_fault(text: str) -> str | None:
    """What is wrong with an address on the web: https, or http on this machine; None where nothing is."""
    url = _split(text)
    if url is None or url.fragment or "#" in text or "@" in url.netloc or not url.hostname:
        return f"{text[:80]} is no plain address"
    if url.scheme == "https" or (url.scheme == "http" and url.hostname in _LOOPBACK):
        return None
    return f"{text[:80]} is neither https nor http on this machine"


def redirect_fault(text: str) -> str | None:
    """What is wrong with a redirect URI: on the web, or of an app on a device."""
    url = _split(text)
    if url is not None and _PRIVATE_USE.fullmatch(url.scheme) and not url.netloc and "#" not in text:
        return None
    return web_fault(text)


def origin_of(text: str) -> str | None:
    """The origin of an address on the web, as a browser tells it; None for an app on a device. Source: RFC 6454, 6.2."""
    url = urlsplit(text)
    return f"{url.scheme}://{url.netloc.lower()}" if url.netloc else None


def _split(text: str) -> SplitResult | None:
    """The parts of an address written in plain characters; None for anything that two readers may read two ways."""
    if (
        not (text.isascii() and text.isprintable())
        or len(text) > _LONGEST
        or any(one in text for one in ' "<>\\^`{|}*')
    ):
        return None
    try:
        url = urlsplit(text)
        url.port  # noqa: B018  raises for a port that is none
    except ValueError:
        return None
    return url
