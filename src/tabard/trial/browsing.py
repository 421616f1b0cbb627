"""Chromium for one part of a product: its own origin from memory, the gateway from this process, and nothing else in the world.

No socket is opened. What was asked for elsewhere is noted by its host, whether the page's policy stopped it or we did.
"""

import asyncio
import html
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote, urlsplit

from playwright.async_api import Browser, BrowserContext, Dialog, Error, Page, Route, WebSocketRoute, async_playwright

from tabard.accreditation.probing.chromium import FLAGS, NOWHERE
from tabard.accreditation.probing.origin import content_type
from tabard.product import Package, policy_of
from tabard.trial.clock import Moment
from tabard.trial.hospital import ORIGIN, origin_of
from tabard.trial.weather import NoReply, Sky

_CLOSING_S = 5.0
_MOST_HOSTS = 50
_REDIRECTS = range(300, 400)
_HIDDEN = {"content-length", "transfer-encoding", "connection"}
_TIMEOUTS = """
AbortSignal.timeout = (ms) => {
  const control = new AbortController();
  setTimeout(() => control.abort(new DOMException("signal timed out", "TimeoutError")), ms);
  return control.signal;
};
"""
"""The browser's own timeouts do not know the pretended time; these do."""


@dataclass  # no slots: the browser's library keeps a note of its own on it
class World:
    """What a browser profile of a part reaches, and what it tried to reach: `hosts`, and what its policy stopped."""

    package: Package
    sky: Sky
    hosts: set[str] = field(default_factory=set)
    blocked: set[str] = field(default_factory=set)
    under_way: int = 0

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is under way that will be answered by itself."""
        return not self.under_way and not self.sky.under_way

    async def answer(self, route: Route) -> None:
        """A file of the package, an answer of the gateway, or nothing."""
        place = urlsplit(route.request.url)
        origin = f"{place.scheme}://{place.netloc}"
        with suppress(Error):  # the page went away meanwhile
            if origin == origin_of(self.package.manifest):
                await self._file(route, unquote(place.path).lstrip("/"))
            elif origin == ORIGIN:
                await self._gateway(route)
            else:
                self.note(route.request.url)
                await route.abort("blockedbyclient")

    async def refuse_socket(self, socket: WebSocketRoute) -> None:
        """A web socket leads nowhere."""
        self.note(socket.url)
        await socket.close()

    def note(self, url: str) -> None:
        """Keep the host of an address that was reached for."""
        place = urlsplit(url)
        here = {urlsplit(ORIGIN).hostname, urlsplit(origin_of(self.package.manifest)).hostname}
        if place.hostname and place.hostname not in here and len(self.hosts) < _MOST_HOSTS:
            self.hosts.add(ascii(place.hostname[:120])[1:-1])

    def hear(self, told: dict[str, Any]) -> None:
        """What the page's policy stopped."""
        details = told.get("issue", {}).get("details", {}).get("contentSecurityPolicyIssueDetails")
        if details and not details.get("isReportOnly"):
            self.note(details.get("blockedURL") or "")
            if len(self.blocked) < _MOST_HOSTS:
                self.blocked.add(
                    f"{details.get('violatedDirective', '')} {details.get('contentSecurityPolicyViolationType', '')}"
                )

    async def _file(self, route: Route, name: str) -> None:
        policy = "; ".join(f"{key} {value}" for key, value in policy_of(self.package.manifest, ORIGIN).items())
        headers = {"content-security-policy": policy, "x-content-type-options": "nosniff", "cache-control": "no-store"}
        raw = self.package.files.get(name)
        if raw is None:
            await route.fulfill(status=404, headers=headers, body="")
        else:
            await route.fulfill(status=200, headers={**headers, "content-type": content_type(name)}, body=raw)

    async def _gateway(self, route: Route) -> None:
        request = route.request
        try:
            headers = await request.all_headers()
            reply = await self.sky.ask(request.method, request.url, headers, request.post_data_buffer or b"")
        except NoReply:
            await route.abort("failed")
            return
        told = {name: value for name, value in reply.headers if name not in _HIDDEN}
        if reply.status in _REDIRECTS and "location" in told and request.is_navigation_request():
            # The browser's own redirects would not come back to us: a page that goes on by itself does.
            onward = html.escape(told["location"])
            body = f'<!doctype html><meta http-equiv="refresh" content="0;url={onward}">'
            await route.fulfill(status=200, content_type="text/html; charset=utf-8", body=body)
        else:
            await route.fulfill(status=reply.status, headers=told, body=reply.body)


@asynccontextmanager
async def browser_of(executable: str) -> AsyncIterator[Browser]:
    """Chromium, cut off from everything, until the context is left."""
    with TemporaryDirectory(prefix="tabard-trial-") as home:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=executable,
                args=list(FLAGS),
                chromium_sandbox=os.geteuid() != 0,
                proxy={"server": NOWHERE, "bypass": "<-loopback>"},
                env={"HOME": home, "PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "TZ": "Europe/London"},
            )
            try:
                yield browser
            finally:
                with suppress(Error, TimeoutError):
                    await asyncio.wait_for(browser.close(), _CLOSING_S)


@asynccontextmanager
async def profile(browser: Browser, world: World, clock: Moment) -> AsyncIterator[BrowserContext]:
    """A browser profile of its own, alike on every machine, whose time is the hospital's."""
    context = await browser.new_context(
        viewport={"width": 1280, "height": 900},
        device_scale_factor=1,
        locale="en-GB",
        timezone_id="Europe/London",
        service_workers="block",
        accept_downloads=False,
    )
    try:
        await context.clock.install(time=clock())
        await context.add_init_script(_TIMEOUTS)
        await context.route("**/*", world.answer)
        await context.route_web_socket("**/*", world.refuse_socket)
        yield context
    finally:
        with suppress(Error, TimeoutError):
            await asyncio.wait_for(context.close(), _CLOSING_S)


async def tab(context: BrowserContext, world: World) -> Page:
    """A new tab, whose dialogs are dismissed and whose policy's reports are heard."""
    page = await context.new_page()
    page.on("dialog", _dismiss)
    page.on("popup", _close)
    cdp = await context.new_cdp_session(page)
    cdp.on("Audits.issueAdded", world.hear)
    await cdp.send("Audits.enable")
    return page


async def _dismiss(dialog: Dialog) -> None:
    with suppress(Error):
        await dialog.dismiss()


async def _close(page: Page) -> None:
    with suppress(Error):
        await page.close()
