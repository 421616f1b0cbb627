"""A day in the life of an app: opened on this one and that one, in fair weather and foul; what it did in each scene."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from playwright.async_api import Browser, BrowserContext, Error

from tabard.accreditation import Fared, Scene
from tabard.audit import Outcome
from tabard.gateway import Refused
from tabard.product import Package, Part
from tabard.trial.browsing import World, profile, tab
from tabard.trial.cast import Part as Role, Player, beat
from tabard.trial.hospital import SILENT_S, PretendHospital
from tabard.trial.page import Seen, Tab, is_about, says_more
from tabard.trial.weather import Sky, Weather

_COMES_S = 10.0
_NAVIGATES_S = 30.0
_MOST_STUCK = 2
_AWAY_S, _SOON_S = 180.0, 40.0
_LOST_S = 120.0
"""Short of the token's end with the silence before it, by more than a slow machine takes: a page's time goes on while it waits."""

_PAST_TOKEN_S = 16 * 60.0
_STUCK = "the page answers nothing any more"
_LOOKS = frozenset({"read", "search"})


Play = Callable[["AppDay", BrowserContext], Awaitable[None]]


@dataclass(slots=True)
class Learned:
    """What is found out about an app in its day, at whichever hospital: its scenes, and what it says.

    `known` is what it says when all is well, `loading` what it says while it waits for its first answer, `asks` whether it
    asks the gateway for anything at all.
    """

    scenes: list[Scene] = field(default_factory=list)
    known: frozenset[str] = frozenset()
    loading: frozenset[str] = frozenset()
    asks: bool = True
    stuck: int = 0

    def all(self, names: Iterable[str]) -> tuple[Scene, ...]:
        """The scenes of these names, in their order; one that was not come to is one in which it failed."""
        told = {one.name: one for one in self.scenes}
        return tuple(told.get(name) or Scene(name, Fared.failed, _STUCK) for name in names)


@dataclass(slots=True)
class AppDay:
    """Plays scenes with one app at one hospital. One event loop's own."""

    browser: Browser
    package: Package
    part: Part
    here: PretendHospital
    sky: Sky
    world: World
    learned: Learned

    async def play(self, scene: Play) -> None:
        """One play, in a browser profile of its own. An app that answered nothing twice is not played with any more."""
        if self.learned.stuck >= _MOST_STUCK:
            return
        self.sky.turn(Weather.fair)
        await self._hear()
        async with profile(self.browser, self.world, self.here.clock) as context:
            with suppress(Error):
                await scene(self, context)
        self.sky.turn(Weather.fair)

    async def _opened(self, context: BrowserContext) -> None:
        """On somebody of whom everything is known, and left alone for a minute."""
        opened = await self.open(context, self._player(Role.first))
        first = await opened.rest()
        later = await opened.live(60)
        self.learned.known = first.lines | later.lines
        self.learned.asks = self.sky.asked > 0
        did = Fared.worked if is_about(later, self._player(Role.first)) and not opened.faults else Fared.failed
        self._tell("opened", did, opened, later)

    async def _slow(self, context: BrowserContext) -> None:
        """The first answers are slow: something must say so, and then the data must come."""
        self.sky.turn(Weather.slow)
        opened = await self.open(context, self._player(Role.first))
        waiting = await opened.rest()
        self.learned.loading = waiting.lines
        self.sky.turn(Weather.fair)
        then = await opened.rest()
        if not is_about(then, self._player(Role.first)):
            then = await opened.live(60)
        did = Fared.worked if is_about(then, self._player(Role.first)) else Fared.failed
        self._tell("slow", did if waiting.lines else Fared.silent, opened, then)

    async def _trouble(self, context: BrowserContext, name: str, weather: Weather) -> None:
        """The gateway refuses, is away, or never answers, from the beginning."""
        self.sky.turn(weather)
        opened = await self.open(context, self._player(Role.first))
        seen = await opened.live(_AWAY_S)
        self._tell(name, self._told(seen, self.learned.known | self.learned.loading), opened, seen)

    async def _refused(self, context: BrowserContext) -> None:
        await self._trouble(context, "refused", Weather.refusing)

    async def _away(self, context: BrowserContext) -> None:
        await self._trouble(context, "away", Weather.away)

    async def _never(self, context: BrowserContext) -> None:
        await self._trouble(context, "never", Weather.never)

    async def _cast(self, context: BrowserContext) -> None:
        """On somebody of whom nothing is known, somebody in whose names stand scripts, somebody with odd results."""
        for name, role in (("missing", Role.bare), ("hostile", Role.hostile), ("odd", Role.odd)):
            opened = await self.open(context, self._player(role))
            seen = await opened.rest()
            if name == "missing":
                did = self._told(seen, frozenset()) if not opened.faults else Fared.failed
            else:
                did = Fared.ran if seen.ran else Fared.worked if seen.lines and not opened.faults else Fared.failed
            self._tell(name, did, opened, seen)
            await opened.page.close()

    async def _through(self, context: BrowserContext) -> None:
        """One page left open: the feed falls silent, the gateway goes away, the token ends, all rights are taken back."""
        first = self._player(Role.first)
        opened = await self.open(context, first)
        await opened.rest()
        await opened.jump(SILENT_S + 60)
        seen = await opened.live(_SOON_S)
        self._tell("stale", self._told(seen, self.learned.known), opened, seen)
        await self._hear()
        self.sky.turn(Weather.away)
        seen = await opened.live(_LOST_S)
        self._tell("lost", self._told(seen, self.learned.known), opened, seen)
        self.sky.turn(Weather.fair)
        await opened.jump(_PAST_TOKEN_S)
        await self._hear()
        since = len(self.here.audit.events)
        seen = await opened.live(_SOON_S)
        did = Fared.worked if self._was_answered(since) else self._told(seen, self.learned.known)
        self._tell("expired", did, opened, seen)
        await asyncio.to_thread(self.here.gateway.revoke, client_id=self.here.manifest.id)
        seen = await opened.live(_SOON_S)
        self._tell("revoked", self._told(seen, self.learned.known), opened, seen)

    async def _switched(self, context: BrowserContext) -> None:
        """Somebody else is opened: in another tab beside this one, then in the same tab."""
        first, second = self._player(Role.first), self._player(Role.second)
        one = await self.open(context, first)
        await one.rest()
        other = await self.open(context, second)
        await other.rest()
        there, here = await other.live(_SOON_S), await one.live(_SOON_S)
        is_mixed = is_about(there, first) or is_about(here, second)
        did = Fared.old if is_mixed else Fared.worked if is_about(there, second) else Fared.failed
        self._tell("other-tab", did, other, there)
        self.sky.turn(Weather.slow)
        await self._goto(one, second)
        between = await one.rest()
        self.sky.turn(Weather.fair)
        then = await one.live(_SOON_S)
        is_old = is_about(between, first) or is_about(then, first)
        did = Fared.old if is_old else Fared.worked if is_about(then, second) else Fared.failed
        self._tell("same-tab", did, one, then)

    async def _millennium(self, context: BrowserContext) -> None:
        """At a hospital whose results are asked of a Millennium's FHIR."""
        opened = await self.open(context, self._player(Role.first))
        seen = await opened.live(_SOON_S)
        did = Fared.worked if is_about(seen, self._player(Role.first)) and not opened.faults else Fared.failed
        self._tell("millennium", did, opened, seen)

    async def open(self, context: BrowserContext, player: Player) -> Tab:
        """A new tab with the app in it, once it has asked for something."""
        opened = Tab(await tab(context, self.world), self.world, self.here.clock)
        await self._goto(opened, player)
        return opened

    async def _goto(self, opened: Tab, player: Player) -> None:
        self.sky.begin()
        with suppress(Refused, Error):
            address = await asyncio.to_thread(self.here.launch, player, self.part)
            await opened.page.goto(address, wait_until="commit", timeout=_NAVIGATES_S * 1000)
        if self.learned.asks:
            await self.sky.wait_asked(_COMES_S)

    async def _hear(self) -> None:
        """The record system is heard from again."""
        await asyncio.to_thread(beat, self.here.ehr, self._player(Role.first))
        await asyncio.to_thread(self.here.settle)

    def _told(self, seen: Seen, known: frozenset[str]) -> Fared:
        """Whether it says that something is not as it should be, beyond what it says when all is well."""
        if says_more(seen, known):
            return Fared.told
        return Fared.old if is_about(seen, self._player(Role.first)) else Fared.silent

    def _was_answered(self, since: int) -> bool:
        """Whether the gateway gave it anything from that event of the audit on."""
        events = self.here.audit.since(since, self.here.manifest.id)
        return any(one.action in _LOOKS and one.outcome is Outcome.granted for one in events)

    def _tell(self, name: str, did: Fared, opened: Tab, seen: Seen) -> None:
        """Keep the scene; what breaks or hammers is that, whatever it shows."""
        if seen.is_stuck or "crash" in opened.faults:
            self.learned.stuck += 1
            self.learned.scenes.append(Scene(name, Fared.failed, _STUCK))
            return
        if self.sky.is_hammered:
            self.learned.scenes.append(Scene(name, Fared.hammered, "it asked without a pause"))
            return
        saw = f"errors that it did not catch: {', '.join(sorted(opened.faults))}" if opened.faults else ""
        self.learned.scenes.append(Scene(name, did, saw))
        opened.faults.clear()

    def _player(self, role: Role) -> Player:
        return self.here.players[role]


FIRST: tuple[Play, ...] = (AppDay._opened, AppDay._slow, AppDay._cast)  # noqa: SLF001  the class's own plays
"""Plays by which it becomes known what the app says when all is well; the others come after them."""

THEN: tuple[Play, ...] = (AppDay._through, AppDay._switched, AppDay._refused, AppDay._away, AppDay._never)  # noqa: SLF001  the same

AT_MILLENNIUM: Play = AppDay._millennium  # noqa: SLF001  the same
"""The play that is played at a hospital with a Millennium."""
