"""The apps of a product, lived with in one browser, one after the other."""

from playwright.async_api import Error

from tabard.accreditation import PartTried, ScenarioTried
from tabard.product import Context, Part
from tabard.trial.app_day import AppDay
from tabard.trial.browsing import World, browser_of, profile
from tabard.trial.playing import Playing
from tabard.trial.recorder import Recorder
from tabard.trial.scenarios import Scenario
from tabard.trial.weather import Sky


async def live_apps(
    recorder: Recorder, executable: str, parts: list[tuple[int, Part, list[Scenario]]]
) -> dict[int, PartTried]:
    """What each app did, by its place in the manifest."""
    told: dict[int, PartTried] = {}
    async with browser_of(executable) as browser:
        recorder.tools["chromium"] = browser.version
        for at, part, scenarios in parts:
            if part.context is Context.none:
                told[at] = recorder.untried(at, part, "it is opened on nobody", "have a person try it")
                continue
            since = len(recorder.here.audit.events)
            sky = Sky(recorder.here.gateway.app)
            world = World(recorder.package, sky)
            day = AppDay(browser, recorder.package, part, recorder.here, sky, world, tell=recorder.tell)
            await day.live()
            played = [await _play(day, one) for one in scenarios]
            told[at] = recorder.tried(at, part, since, day.scenes, played, sky.changes, world.hosts)
    return told


async def _play(day: AppDay, scenario: Scenario) -> ScenarioTried:
    async with profile(day.browser, day.world, day.here.clock) as context:
        try:
            return await Playing(day, scenario).play(context)
        except Error:
            return ScenarioTried(scenario.file, scenario.title, "steps", "a page that goes on", "the page broke")
