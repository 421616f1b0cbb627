"""One page at one width in Chromium: opened, left to come to rest, looked at, closed, whatever it does meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from playwright.async_api import Browser, BrowserContext, CDPSession, Dialog, Error, Page

from tabard.accreditation.probing.axe import NoAnswer, ask_axe
from tabard.accreditation.probing.keyboard import walk
from tabard.accreditation.probing.origin import Origin
from tabard.accreditation.probing.ports import WIDTHS, PageSeen
from tabard.accreditation.words import shown
from tabard.product import Package

_HEIGHT = 900
_CLOSING_S = 5.0
_RESTLESS_S = 4.0
_MOST_BLOCKED = 50


async def look(browser: Browser, package: Package, path: str, width: int, axe: str, limit_s: float) -> PageSeen:
    """What the page is like. A page that hangs, breaks or leads astray is told by its `fault`."""
    origin = Origin(package, path)
    blocked: set[str] = set()
    try:
        async with asyncio.timeout(limit_s), _context(browser, origin, width) as context:
            return await _look(context, origin, blocked, width, axe)
    except TimeoutError:
        fault = f"it did not come to rest within {limit_s:g} seconds"
    except NoAnswer as no:
        fault = str(no)
    except Error:
        fault = "it broke the browser"
    return PageSeen(path, width, refused=tuple(sorted(origin.refused)), blocked=tuple(sorted(blocked)), fault=fault)


async def _look(context: BrowserContext, origin: Origin, blocked: set[str], width: int, axe: str) -> PageSeen:
    page = await context.new_page()
    page.on("dialog", _dismiss)
    context.on("page", _close)
    cdp = await context.new_cdp_session(page)
    cdp.on("Audits.issueAdded", lambda told: _note(blocked, told))
    await cdp.send("Audits.enable")
    await _open(cdp, origin.url)
    stopped = tuple(sorted(blocked))
    seen = await ask_axe(cdp, axe)
    walked = await walk(page, cdp) if width == WIDTHS[0] else None
    refused = tuple(sorted(origin.refused))
    return PageSeen(origin.path, width, seen.violations, seen.incomplete, refused, stopped, walked=walked)


async def _open(cdp: CDPSession, url: str) -> None:
    """Open a page and wait until it has loaded and asks for nothing more; one that goes on asking is taken as it stands."""
    idle: set[str] = set()
    told = asyncio.Event()

    def hear(event: dict[str, Any]) -> None:
        if event.get("name") == "networkIdle":
            idle.add(event["loaderId"])
            told.set()

    cdp.on("Page.lifecycleEvent", hear)
    await cdp.send("Page.enable")
    await cdp.send("Page.setLifecycleEventsEnabled", {"enabled": True})
    opened = await cdp.send("Page.navigate", {"url": url})
    with suppress(TimeoutError):
        async with asyncio.timeout(_RESTLESS_S):
            while opened.get("loaderId") not in idle:
                told.clear()
                await told.wait()


@asynccontextmanager
async def _context(browser: Browser, origin: Origin, width: int) -> AsyncIterator[BrowserContext]:
    """A browser profile of its own, alike on every machine, whose every request `origin` answers."""
    context = await browser.new_context(
        viewport={"width": width, "height": _HEIGHT},
        device_scale_factor=1,
        locale="en-GB",
        timezone_id="Europe/London",
        color_scheme="light",
        reduced_motion="reduce",
        service_workers="block",
        accept_downloads=False,
    )
    try:
        await context.route("**/*", origin.answer)
        yield context
    finally:
        with suppress(Error, TimeoutError):
            await asyncio.wait_for(context.close(), _CLOSING_S)


async def _dismiss(dialog: Dialog) -> None:
    with suppress(Error):
        await dialog.dismiss()


async def _close(page: Page) -> None:
    """A window that a page opened."""
    with suppress(Error):
        await page.close()


def _note(blocked: set[str], told: dict[str, Any]) -> None:
    """Keep what the page's policy stopped: which directive, and what."""
    details = told.get("issue", {}).get("details", {}).get("contentSecurityPolicyIssueDetails")
    if details and not details.get("isReportOnly") and len(blocked) < _MOST_BLOCKED:
        what = details.get("blockedURL") or details.get("contentSecurityPolicyViolationType", "")
        blocked.add(shown(f"{details.get('violatedDirective', '')} stopped {str(what).partition('?')[0][:200]}"))
