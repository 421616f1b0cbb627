"""A product's page as somebody in front of it sees it: its text when it has come to rest, and what went wrong in it."""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from playwright.async_api import Error, Page

from tabard.trial.browsing import World
from tabard.trial.cast import RAN, Player
from tabard.trial.clock import Moment

_LOOK_S, _LOOKS_ALIKE, _LOOKS_CALM = 0.05, 3, 2
_RESTLESS_S = 20.0
_ANSWER_S = 20.0
_STEP_S = 5.0
_READ = f"""() => {{
  const marked = [...document.querySelectorAll("[onerror], [onload], script:not([src])")];
  const has = marked.some((one) => (one.outerHTML || "").includes("{RAN}"));
  const fields = [...document.querySelectorAll("input, textarea, select")].map((one) => one.value || "");
  return {{
    text: [document.title, document.body ? document.body.innerText : "", ...fields].join("\\n"),
    shown: document.body ? document.body.innerText : "",
    ran: Boolean(window.{RAN}) || has,
  }};
}}"""
_WORD = re.compile(r"[a-z]{2,}")
_FEWEST_WORDS = 3
_LONGEST = 200_000


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page shows: `text` with its title and fields, `shown` without, and whether a script of the data's own ran."""

    text: str = ""
    shown: str = ""
    ran: bool = False
    is_stuck: bool = False

    def shows(self, marks: Iterable[str]) -> bool:
        """Whether any of the marks stands in it, whatever its case and however a number is spaced."""
        plain = re.sub(r"(?<=\d)[ \u00a0-](?=\d)", "", self.text).casefold()
        return any(mark.casefold() in plain for mark in marks)

    @property
    def lines(self) -> frozenset[str]:
        """What it says, line by line, without numbers: so that a sentence is the same whatever time it names."""
        told = (" ".join(_WORD.findall(re.sub(r"\d+", " ", line.casefold()))) for line in self.shown.splitlines())
        return frozenset(line for line in told if line)


@dataclass(slots=True)
class Tab:
    """One tab with a product's page in it, and its faults: errors that nobody caught, by their names."""

    page: Page
    world: World
    clock: Moment
    faults: set[str] = field(default_factory=set)
    is_stuck: bool = False

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.faults.add(error.name or "Error"))
        self.page.on("crash", lambda _: self.faults.add("crash"))

    async def look(self) -> Seen:
        """What it shows now; a page that answers nothing in its time is stuck, and is asked no more."""
        if self.is_stuck:
            return Seen(is_stuck=True)
        try:
            told = await asyncio.wait_for(self.page.evaluate(_READ), _ANSWER_S)
        except (TimeoutError, Error) as fault:  # an Error is a page on its way elsewhere
            self.is_stuck = isinstance(fault, TimeoutError)
            return Seen(is_stuck=self.is_stuck)
        return Seen(str(told["text"])[:_LONGEST], str(told["shown"])[:_LONGEST], bool(told["ran"]))

    async def rest(self) -> Seen:
        """What it shows once nothing is under way and it changes no more."""
        before, alike = await self.look(), 0
        end = asyncio.get_running_loop().time() + _RESTLESS_S
        while asyncio.get_running_loop().time() < end:
            await asyncio.sleep(_LOOK_S)  # between two looks at another process: nothing tells when a page is done
            now = await self.look()
            alike = alike + 1 if now.lines == before.lines and self.world.is_quiet else 0
            before = now
            if alike == _LOOKS_ALIKE or now.is_stuck:
                return now
        return before

    async def live(self, seconds: float) -> Seen:
        """Let so many seconds of the pretended time pass for the page and the hospital; what it shows then.

        No time passes while an answer is on its way: a slow machine makes no slow hospital.
        """
        await self._calm()
        for _ in range(round(seconds / _STEP_S)):
            self.clock.live(_STEP_S)
            await self._forward(_STEP_S)
            await self._calm()
            if self.world.sky.is_hammered or self.is_stuck:
                break
        return await self.rest()

    async def _calm(self) -> None:
        """Wait until what its timers asked for is answered, and it asks no more: one that never stops is hammering."""
        sky, loop = self.world.sky, asyncio.get_running_loop()
        end, before, alike = loop.time() + _RESTLESS_S, -1, 0
        while loop.time() < end and not sky.is_hammered and not self.is_stuck and alike < _LOOKS_CALM:
            alike = alike + 1 if before == sky.asked and self.world.is_quiet else 0
            before = sky.asked
            await asyncio.sleep(_LOOK_S / 2)  # between two looks at another process
            await self._hear()

    async def _hear(self) -> None:
        """Until the page has done what it was about: on a slow machine that takes longer than any look."""
        try:
            await asyncio.wait_for(self.page.evaluate("0"), _ANSWER_S)
        except TimeoutError:
            self.is_stuck = True
        except Error:
            return

    async def jump(self, seconds: float) -> None:
        """Let a long time pass at once, as when a computer sleeps; what it asks for when it wakes is answered first."""
        await self._calm()
        self.clock.live(seconds)
        await self._forward(seconds)
        await self._calm()

    async def _forward(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self.page.clock.fast_forward(int(seconds * 1000)), _ANSWER_S)
        except TimeoutError:
            self.is_stuck = True
        except Error:
            return


def says_more(seen: Seen, known: frozenset[str]) -> bool:
    """Whether it says a sentence that it did not say when all was well."""
    return any(len(line.split()) >= _FEWEST_WORDS for line in seen.lines - known)


def is_about(seen: Seen, player: Player) -> bool:
    """Whether it shows that somebody's data are on it."""
    return seen.shows(player.marks)
