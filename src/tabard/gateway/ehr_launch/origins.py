"""From where a browser came to a context address. Pure.

With origins configured it must say that it came from a page of one of them. Without, it must have been opened by a program or
typed (as a record system that is no web page opens it): a link on somebody's web page is refused, in every browser that says
so. Source: Fetch Metadata Request Headers, 2.4 (Sec-Fetch-Site); RFC 9110 10.1.3 (Referer); RFC 6454 7 (Origin).
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from tabard.gateway.ehr_launch.errors import NotOpened

_ELSEWHERE = "This page was opened from a place that is not the record system."


def must_come_from(headers: Mapping[str, str], origins: tuple[str, ...]) -> None:
    """Raises NotOpened (`origin`). Header names are in small letters."""
    if not origins:
        if headers.get("sec-fetch-site", "none") != "none" or "origin" in headers or "referer" in headers:
            raise NotOpened("origin", _ELSEWHERE)
        return
    told = headers.get("origin") or _origin(headers.get("referer", ""))
    if told.lower() not in origins:
        raise NotOpened("origin", _ELSEWHERE)


def _origin(address: str) -> str:
    try:
        url = urlsplit(address)
    except ValueError:
        return ""
    return f"{url.scheme}://{url.netloc}" if url.scheme and url.netloc else ""
