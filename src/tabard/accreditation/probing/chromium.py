"""The real probes: Chromium opens every page of a package, wide and narrow, cut off from everything else."""

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from threading import Thread

from tabard.accreditation.advisories.model import AdvisorySet
from tabard.accreditation.contents.kinds import PAGES, kind_of
from tabard.accreditation.probing.checkers import check_code
from tabard.accreditation.probing.finding import find_axe, find_chromium
from tabard.accreditation.probing.ports import (
    WIDTHS,
    CouldNot,
    Gathering,
    PageSeen,
    PagesSeen,
    Probes,
    no_advisories,
    no_trial,
)
from tabard.accreditation.probing.recording import Trial
from tabard.product import Package

FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--dns-prefetch-disable",
    "--no-first-run",
    "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--js-flags=--max-old-space-size=512",
)
NOWHERE = "http://127.0.0.1:9"
"""A proxy that is none: whatever slips past our answers ends here."""


_AT_ONCE = 3
"""Pages that are open at a time: most of a page's time is waiting for it to come to rest."""


Tries = Callable[[Package], Trial | CouldNot]
"""Lives through a day with a product: the room `trial` has it."""

Knows = Callable[[], AdvisorySet | CouldNot]
"""Knows a set of advisories."""


@dataclass(frozen=True, slots=True)
class Chromium:
    """Looks at pages; `page_s` is the time that one page has at one width, `all_s` all of them together, in seconds."""

    page_s: float = 20.0
    most_pages: int = 40
    all_s: float = 150.0

    def pages(self, package: Package) -> PagesSeen | CouldNot:
        """What each page is like, in the order of their names. The browser is closed when this returns."""
        executable, axe = find_chromium(), find_axe()
        if isinstance(executable, CouldNot):
            return executable
        if isinstance(axe, CouldNot):
            return axe
        answer: SimpleQueue[PagesSeen | CouldNot] = SimpleQueue()
        # A thread of its own: the caller may be within an event loop.
        thread = Thread(target=lambda: answer.put(self._run(executable, axe, package)), name="pages")
        thread.start()
        thread.join()
        return answer.get()

    def _run(self, executable: Path, axe: str, package: Package) -> PagesSeen | CouldNot:
        try:
            return asyncio.run(self._look(executable, axe, package))
        except Exception as fault:  # noqa: BLE001  a browser can fail in any way; the thread must answer
            return CouldNot(f"the browser failed ({type(fault).__name__})", "see that Chromium starts on this machine")

    async def _look(self, executable: Path, axe: str, package: Package) -> PagesSeen:
        from playwright.async_api import Error, async_playwright  # noqa: PLC0415  an optional part

        from tabard.accreditation.probing.looking import look  # noqa: PLC0415  needs the optional part

        names = [name for name in package.files if kind_of(name) in PAGES][: self.most_pages]
        with TemporaryDirectory(prefix="tabard-pages-") as home:
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(
                    executable_path=executable,
                    args=list(FLAGS),
                    chromium_sandbox=os.geteuid() != 0,
                    proxy={"server": NOWHERE, "bypass": "<-loopback>"},
                    env={"HOME": home, "PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "TZ": "Europe/London"},
                )
                try:
                    views = [(name, width) for name in names for width in WIDTHS]
                    at_once = asyncio.Semaphore(_AT_ONCE)
                    end = asyncio.get_running_loop().time() + self.all_s

                    async def view(name: str, width: int) -> PageSeen:
                        async with at_once:
                            if asyncio.get_running_loop().time() > end:
                                return PageSeen(name, width, fault="the pages before it took all the time there was")
                            return await look(browser, package, name, width, axe, self.page_s)

                    seen = await asyncio.gather(*(view(name, width) for name, width in views))
                    tools = (("axe-core", sha256(axe.encode()).hexdigest()), ("chromium", browser.version))
                finally:
                    with suppress(Error):
                        await browser.close()
        return PagesSeen(tuple(seen), tools)


def chromium(
    page_s: float = 20.0,
    most_pages: int = 40,
    all_s: float = 150.0,
    tries: Tries = no_trial,
    knows: Knows = no_advisories,
) -> Probes:
    """Probes that look at pages in Chromium: at `most_pages` of them, each for `page_s` seconds a width at the most.

    After `all_s` seconds no further page is begun. The static checkers read the code where they are installed, `tries`
    lives through a day with the product, `knows` has advisories.
    """
    return Gathering(Chromium(page_s, most_pages, all_s).pages, tries, check_code, knows)


def without_browser(tries: Tries = no_trial, knows: Knows = no_advisories) -> Probes:
    """The same without a browser: whatever rests on one is not assessed."""
    return Gathering(tries=tries, checks=check_code, knows=knows)
