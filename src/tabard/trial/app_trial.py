"""The apps of a product, lived with in one browser: the plays of one app go on at several hospitals at once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

from playwright.async_api import Browser, Error

from tabard.accreditation import PartTried, ScenarioTried
from tabard.product import Context, Part
from tabard.trial.app_day import AT_MILLENNIUM, FIRST, THEN, AppDay, Learned
from tabard.trial.browsing import World, browser_of, profile
from tabard.trial.hospital import PretendHospital
from tabard.trial.playing import Playing
from tabard.trial.recorder import Recorder
from tabard.trial.scenarios import Scenario
from tabard.trial.scenes import APP_SCENES
from tabard.trial.weather import Sky

_T = TypeVar("_T")
_PART_S = 150.0
_SLOW = "the trial took all the time there is"


async def live_apps(
    recorder: Recorder, executable: str, parts: list[tuple[int, Part, list[Scenario]]]
) -> dict[int, PartTried]:
    """What each app did, by its place in the manifest."""
    told: dict[int, PartTried] = {}
    async with browser_of(executable) as browser:
        recorder.tools["chromium"] = browser.version
        for at, part, scenarios in parts:
            recorder.tell(f"Living through a day with {part.title}")
            try:
                async with asyncio.timeout(_PART_S):
                    told[at] = await _lived(recorder, browser, at, part, scenarios)
            except TimeoutError:
                told[at] = recorder.untried(at, part, _SLOW, "have a person try the product at a pretend hospital")
    return told


async def _lived(recorder: Recorder, browser: Browser, at: int, part: Part, scenarios: list[Scenario]) -> PartTried:
    if part.context is Context.none:
        return recorder.untried(at, part, "it is opened on nobody", "have a person try it")
    since, learned = recorder.marks(), Learned()

    def day_at(here: PretendHospital) -> AppDay:
        sky = Sky(here.gateway.app)
        return AppDay(browser, recorder.package, part, here, sky, World(recorder.package, sky), learned)

    days, elsewhere = [day_at(here) for here in recorder.hospitals], day_at(recorder.millennium)
    await _all(days, [partial(AppDay.play, scene=play) for play in FIRST])
    then = _all(days, [partial(AppDay.play, scene=play) for play in THEN])
    await asyncio.gather(then, elsewhere.play(AT_MILLENNIUM))
    played = await _all(days, [partial(_play, scenario=one) for one in scenarios])
    changes = [one for day in (*days, elsewhere) for one in day.sky.changes]
    hosts = {host for day in (*days, elsewhere) for host in day.world.hosts}
    return recorder.tried(at, part, since, learned.all(APP_SCENES), played, changes, hosts)


async def _all(days: Sequence[AppDay], plays: Sequence[Callable[[AppDay], Awaitable[_T]]]) -> list[_T]:
    """All plays, each at the next hospital that is free; what they answer, in their order."""
    free: asyncio.Queue[AppDay] = asyncio.Queue()
    for day in days:
        free.put_nowait(day)

    async def one(play: Callable[[AppDay], Awaitable[_T]]) -> _T:
        day = await free.get()
        try:
            return await play(day)
        finally:
            free.put_nowait(day)

    return list(await asyncio.gather(*(one(play) for play in plays)))


async def _play(day: AppDay, scenario: Scenario) -> ScenarioTried:
    async with profile(day.browser, day.world, day.here.clock) as context:
        try:
            return await Playing(day, scenario).play(context)
        except Error:
            return ScenarioTried(scenario.file, scenario.title, "steps", "a page that goes on", "the page broke")
