"""A package's pages as if its origin served them: from memory, with their policy, and nothing else in the world.

No socket is opened: every request of the browser is answered here, so a page can neither reach out nor reach back into
this machine. What it asked for elsewhere is kept.
"""

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from playwright.async_api import Route

from tabard.accreditation.words import shown
from tabard.product import Package, policy_of

ORIGIN = "http://product.localhost"
"""Trusted as a product's origin at a hospital is, and of nobody. Source: W3C Secure Contexts, 3.1."""

_GATEWAY = "https://gateway.invalid"
_KINDS = {
    ".html": "text/html; charset=utf-8",
    ".htm": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
}
_MOST_REFUSED = 50
_LONGEST = 200


def content_type(name: str) -> str:
    """As what a file of a package is served."""
    return _KINDS.get(PurePosixPath(name).suffix.lower(), "text/plain; charset=utf-8")


@dataclass
class Origin:
    """Answers the requests of one page; `refused` are the addresses elsewhere that it reached for."""

    package: Package
    path: str
    refused: set[str] = field(default_factory=set)
    _is_open: bool = False

    @property
    def url(self) -> str:
        """The page's address."""
        return f"{ORIGIN}/{quote(self.path)}"

    async def answer(self, route: Route) -> None:
        """A file of the package, "no such file", or nothing at all."""
        request = route.request
        address = urlsplit(request.url)
        if f"{address.scheme}://{address.netloc}" != ORIGIN:
            self.refuse(request.url)
            await self._nothing(route)
        elif request.is_navigation_request() and request.frame.parent_frame is None and self._is_open:
            await self._nothing(route)
        else:
            self._is_open = True
            await self._file(route, unquote(address.path).lstrip("/"))

    def refuse(self, url: str) -> None:
        """Note an address that the page reached for, without what follows its path."""
        bare = url.partition("?")[0].partition("#")[0]
        if len(self.refused) < _MOST_REFUSED:
            self.refused.add(shown(bare[:_LONGEST]))

    async def _nothing(self, route: Route) -> None:
        """A page that would leave stays where it is, to be judged as it stands."""
        if route.request.is_navigation_request():
            await route.fulfill(status=204)
        else:
            await route.abort("blockedbyclient")

    async def _file(self, route: Route, name: str) -> None:
        policy = "; ".join(f"{key} {value}" for key, value in policy_of(self.package.manifest, _GATEWAY).items())
        headers = {"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
        raw = self.package.files.get(name)
        if raw is None:
            await route.fulfill(status=404, headers=headers, body="")
            return
        await route.fulfill(status=200, headers={**headers, "Content-Type": content_type(name)}, body=raw)
