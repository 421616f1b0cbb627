"""JavaScript as far as it can be told without running it: addresses of other hosts in places that load.

An address alone is no load: FHIR names code systems by addresses that nobody fetches. What a script puts together at
run time is for the browser to show. WebRTC is named by itself: no content security policy holds it, so a page could speak
past the gateway to whomever it likes.
"""

import re
from collections.abc import Iterator

from tabard.accreditation.contents.references import Means, Reference, lines_of

_OUTSIDE = r"""\s{0,20}["'`]((?:(?:https?|wss?|ftp):)?//[^"'`\s]{1,2000})"""
_LOADS = (
    (re.compile(r"\bimport\b[^;\"'`(]{0,2000}" + _OUTSIDE), "import"),
    (re.compile(r"\bexport\b[^;\"'`(]{0,2000}\bfrom\b" + _OUTSIDE), "export"),
    (re.compile(r"\bimport\s{0,20}\(" + _OUTSIDE), "import()"),
    (re.compile(r"\b(?:fetch|importScripts|sendBeacon|open)\s{0,20}\(" + _OUTSIDE), "a request"),
    (re.compile(r"\bopen\s{0,20}\(\s{0,20}[\"'`][A-Z]{3,7}[\"'`]\s{0,20}," + _OUTSIDE), "a request"),
    (
        re.compile(r"\bnew\s{1,20}(?:Worker|SharedWorker|WebSocket|EventSource|WebTransport|URL)\s{0,20}\(" + _OUTSIDE),
        "a connection",
    ),
    (re.compile(r"\.(?:src|href|action|srcset)\s{0,20}=(?!=)" + _OUTSIDE), "an address set"),
    (re.compile(r"\blocation\s{0,20}=(?!=)" + _OUTSIDE), "another page"),
)

_PEER = re.compile(r"\b(?:webkit)?(RTCPeerConnection)\b")


def script_references(text: str) -> Iterator[Reference]:
    """Other hosts that the script names where it would load from them."""
    line = lines_of(text)
    for pattern, said in _LOADS:
        for found in pattern.finditer(text):
            yield Reference(line(found.start(1)), Means.load, found[1], said)
    for found in _PEER.finditer(text):
        yield Reference(line(found.start(1)), Means.peer, "", found[1])
