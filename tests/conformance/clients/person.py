"""The doctor at the hospital's own pages, without a browser: signs in, chooses the patient, consents; over TLS, verified."""

import ssl
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import httpx

from conformance.clients.served import PASSWORD, USERNAME, Served

_MOST_PAGES = 12
_PATIENCE_S = 120.0


class _Forms(HTMLParser):
    """The forms of a page that are posted: where to, and the fields as they stand, ticked boxes among them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self._is_open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a form, or a field of one."""
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_open = said.get("method") == "post"
            if self._is_open:
                self.found.append((said["action"], {}))
        elif tag == "input" and self._is_open and (said.get("type") != "checkbox" or "checked" in said):
            self.found[-1][1][said["name"]] = said.get("value", "")


class Doctor:
    """Somebody at the portal; `close` it at the end. `pages` are the paths of the pages that asked something."""

    def __init__(self, served: Served) -> None:
        self._served = served
        trust = ssl.create_default_context(cafile=str(served.certified.authority))
        self._http = httpx.Client(verify=trust, trust_env=False, timeout=_PATIENCE_S)
        self.pages: list[str] = []

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def goes(self, address: str, redirect: str) -> str:
        """Open an address and do what each page asks, until the app's `redirect` is come to: with what it is told."""
        for _ in range(_MOST_PAGES):
            if address.startswith(f"{redirect}?"):
                return address
            answer = self._http.get(address)
            if not answer.has_redirect_location:
                self.pages.append(answer.url.path)
                answer = self._answered(answer)
            assert answer.has_redirect_location, (answer.status_code, str(answer.url), answer.text)
            address = str(answer.url.join(answer.headers["location"]))
        raise AssertionError(f"no end of pages: {self.pages}")

    def told(self, address: str) -> Any:
        """What the app answers at an address, as JSON."""
        answer = self._http.get(address)
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer.json()

    def _answered(self, page: httpx.Response) -> httpx.Response:
        """The form of a page filled in and sent."""
        path = page.url.path
        if path == "/choose-patient":
            page = self._http.get(page.url.copy_merge_params({"q": self._served.number}))
        forms = _Forms()
        forms.feed(page.text)
        fields = {
            "/sign-in": {"username": USERNAME, "password": PASSWORD},
            "/choose-patient": {"patient": self._served.patient},
            "/consent": {"verdict": "allow"},
        }[path]
        said = next(each for action, each in forms.found if urlsplit(action).path == path)
        return self._http.post(page.url.join(path), data=said | fields, headers={"Origin": self._served.url})
