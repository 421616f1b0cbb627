"""A person at a portal, over plain HTTP, as a browser would do it.

Product pages live at `<product>.localhost`, which Python does not resolve: such addresses are asked at `localhost`
with their own Host.
"""

import re
from collections.abc import Mapping
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

import httpx

from tabard.ground.errors import InternalError

_TOKEN = re.compile(r'name="token" value="([^"]+)"')
_TIMEOUT_S = 10.0


class Visitor:
    """A browser's memory of cookies, and the portal's forms filled in. Answers are never redirected by themselves."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._http = httpx.Client(timeout=_TIMEOUT_S, trust_env=False)
        self._cookies: dict[str, str] = {}

    def get(self, address: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """GET a path of the portal, or a whole address; cookies go to the portal's own host alone."""
        return self._ask("GET", address, headers or {}, None)

    def post(self, path: str, page: str, fields: Mapping[str, str]) -> httpx.Response:
        """Fill in and send the form that stands on `page`."""
        found = _TOKEN.search(self.get(page).text)
        if found is None:
            raise InternalError("there is no form on the page", where=page, remedy="is somebody signed in?")
        return self._ask("POST", path, {"Origin": self.base}, {"token": found[1], **fields})

    def sign_in(self, username: str, password: str) -> None:
        """Sign in. Raises InternalError when the portal does not let them."""
        answer = self.post("/sign-in", "/sign-in", {"next": "/", "username": username, "password": password})
        if answer.status_code != httpx.codes.SEE_OTHER:
            raise InternalError("signing in failed", expected="303", got=str(answer.status_code))

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def _ask(
        self, method: str, address: str, headers: Mapping[str, str], form: Mapping[str, str] | None
    ) -> httpx.Response:
        url = urlsplit(address if "://" in address else self.base + address)
        own = url.netloc == urlsplit(self.base).netloc
        cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())} if own else {}
        target = url._replace(netloc=urlsplit(self.base).netloc).geturl()
        answer = self._http.request(method, target, headers={**headers, **cookies, "Host": url.netloc}, data=form)
        for told in answer.headers.get_list("set-cookie") if own else ():
            for name, morsel in SimpleCookie(told).items():
                self._cookies[name] = morsel.value
        return answer
