"""Sending a package with its release to a store, and asking how its case stands."""

import time
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from tabard.ground.errors import CallerError, PeerError

Told = dict[str, Any]

CHECKING = ("submitted", "checking")
_TIMEOUT = httpx.Timeout(60, connect=5)
_BETWEEN_S = 1.0


def is_being_checked(told: Told) -> bool:
    """Whether the store's rules have yet to speak: of a draft too, whose state stays what it is."""
    return told.get("status") in CHECKING or (told.get("status") == "draft" and not told.get("report_sha256"))


class StoreApi:
    """The part of a store's interface that a maker uses."""

    def __init__(self, url: str, transport: httpx.BaseTransport | None = None) -> None:
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
            raise CallerError("this is not a store's address", where="--to", expected="http(s)://HOST", got=url)
        self._url = url.rstrip("/")
        self._http = httpx.Client(timeout=_TIMEOUT, transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def submit(self, name: str, package: bytes, release: bytes, *, is_draft: bool = False) -> Told:
        """The case that the store opens for the package, or keeps as a draft. Raises CallerError with the store's reasons, or PeerError."""
        files = {"package": (name, package), "release": ("release.json", release, "application/json")}
        return self._asked("POST", f"/api/submissions{'?draft=true' if is_draft else ''}", files=files)

    def case(self, address: str) -> Told:
        """How the case at that address stands now; the address is as `submit` told it."""
        return self._asked("GET", f"/api{address}")

    def checked(self, address: str) -> Told:
        """How the case stands once its rules have spoken; asks again every second until then."""
        while is_being_checked(told := self.case(address)):
            time.sleep(_BETWEEN_S)
        return told

    def _asked(self, method: str, path: str, **content: Any) -> Told:
        answer = self._answer(method, path, **content)
        try:
            told = answer.json()
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise PeerError(
                "this is not how a store answers",
                where=self._url + path,
                expected="JSON",
                got=f"HTTP {answer.status_code}",
                remedy="check the address",
            )
        if answer.is_success:
            return told
        raise _refused(answer, told)

    def _answer(self, method: str, path: str, **content: Any) -> httpx.Response:
        try:
            return self._http.request(method, self._url + path, **content)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as fault:
            raise PeerError(
                "the store cannot be reached",
                where=self._url,
                got=type(fault).__name__,
                remedy="check the address, and that the store is served (`tabard store serve`)",
            ) from fault


def _refused(answer: httpx.Response, told: Told) -> CallerError | PeerError:
    """What the store says is wrong, in its own words; a fault of its own stays its own."""
    kind = PeerError if answer.is_server_error else CallerError
    words = {key: str(told[key]) for key in ("where", "expected", "got", "remedy") if told.get(key)}
    reason = told.get("error") or f"HTTP {answer.status_code}"
    return kind(f"the store does not take it: {reason}", **words)
