"""Playing a shipped scenario with an app: step by step, until one does not go as it says."""

import asyncio
from dataclasses import dataclass

from playwright.async_api import BrowserContext, Error

from tabard.accreditation import ScenarioTried
from tabard.trial.app_day import AppDay
from tabard.trial.page import Tab, is_about
from tabard.trial.scenarios import Scenario, Step
from tabard.trial.written import wrote

_FINDS_MS = 4000.0
_SOON_S = 30.0


@dataclass(slots=True)
class Playing:
    """One scenario with one app."""

    day: AppDay
    scenario: Scenario
    tab: Tab | None = None
    _changes: int = 0

    async def play(self, context: BrowserContext) -> ScenarioTried:
        """How far it went."""
        told = self.scenario
        if told.fault:
            return ScenarioTried(
                told.file, told.title, "read", "a scenario as docs/look-up/scenarios.md has it", told.fault
            )
        for at, step in enumerate(told.steps):
            got = await self._took(context, step)
            if got:
                return ScenarioTried(told.file, told.title, f"steps[{at}]", step.words, got)
        return ScenarioTried(told.file, told.title)

    async def _took(self, context: BrowserContext, step: Step) -> str:
        """What was there instead, nothing where the step went as it says."""
        if step.open is not None:
            if self.tab is not None:
                await self.tab.page.close()
            self._changes = len(self.day.sky.changes)
            self.tab = await self.day.open(context, self.day.here.players[step.open])
            await self.tab.rest()
            return ""
        tab = self.tab
        if tab is None:
            return "nothing is open"
        if step.click is not None or step.write is not None:
            return await self._did(tab, step)
        if step.wait_s is not None:
            await tab.live(step.wait_s)
            return ""
        return await self._holds(tab, step)

    async def _did(self, tab: Tab, step: Step) -> str:
        page = tab.page
        try:
            if step.click is not None:
                named = page.get_by_role("button", name=step.click).or_(page.get_by_role("link", name=step.click))
                await named.first.click(timeout=_FINDS_MS)
            elif step.write is not None:
                await page.get_by_label(step.into or "").first.fill(step.write, timeout=_FINDS_MS)
        except Error:
            return "no such control, or it could not be used"
        await tab.rest()
        return ""

    async def _holds(self, tab: Tab, step: Step) -> str:
        """Whether what is to be seen is seen; what is not there yet has half a minute to come."""
        got = await self._missed(tab, step)
        if got and step.hides is None and step.expect_not is None:
            await tab.live(_SOON_S)
            await asyncio.sleep(0)
            got = await self._missed(tab, step)
        return got

    async def _missed(self, tab: Tab, step: Step) -> str:
        seen, players = await tab.rest(), self.day.here.players
        if step.keeps is not None:
            kept = wrote(self.day.sky.changes[self._changes :])
            return "" if any(one.type == step.keeps and one.was_taken for one in kept) else "none was taken"
        if step.shows is not None:
            return "" if is_about(seen, players[step.shows]) else "nothing of that person is shown"
        if step.hides is not None:
            return "that person's data are shown" if is_about(seen, players[step.hides]) else ""
        if step.expect is not None:
            return "" if seen.shows((step.expect,)) else "these words are not shown"
        return "these words are shown" if seen.shows((step.expect_not or "",)) else ""
