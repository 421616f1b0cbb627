"""A walk over a page by the Tab key alone, as somebody walks who uses no mouse: what has the focus, and whether it shows.

What looks is in a world of its own, which the page's scripts do not reach; keys come from the browser, not from a script.
"""

from typing import Any

import msgspec
from playwright.async_api import CDPSession, Page

from tabard.accreditation.probing.ports import Walked
from tabard.accreditation.words import shown

_MOST_STEPS = 250
_STEPS_WITHIN = 8
"""So often may one control keep the focus: a date has day, month and year."""

_BEGIN = """
(() => {
  const wanted = "a[href], area[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex], [contenteditable=''],"
    + " [contenteditable=true], [onclick], [role=button], [role=link], [role=checkbox], [role=switch], [role=tab], [role=menuitem]";
  const within = "[role=tablist], [role=menu], [role=menubar], [role=listbox], [role=grid], [role=tree], [role=radiogroup], [role=toolbar]";
  const isSeen = (one) => {
    const box = one.getBoundingClientRect();
    return one.checkVisibility({ checkVisibilityCSS: true }) && box.width > 0 && box.height > 0 && !one.closest("[inert]");
  };
  const isOwed = (one) => {
    if (one.disabled || one.closest("fieldset:disabled") || !isSeen(one)) return false;
    const isBare = !one.matches(wanted.replace(" [tabindex],", ""));
    return one.tabIndex >= 0 || !(isBare || one.closest(within));
  };
  const called = (one) => {
    const id = one.id ? "#" + one.id : "";
    const words = (one.getAttribute("aria-label") || one.textContent || one.name || "").trim().replace(/\\s+/g, " ").slice(0, 40);
    return (one.tagName.toLowerCase() + id + (words ? " “" + words + "”" : "")).slice(0, 100);
  };
  const look = (one) => [one, one.parentElement].filter(Boolean).map((each) => {
    const style = getComputedStyle(each);
    const outline = style.outlineStyle === "none" || parseFloat(style.outlineWidth) === 0 ? "" : style.outline;
    return [outline, style.boxShadow, style.border, style.background, style.color, style.textDecoration].join("|");
  }).join("||");
  const owed = [...document.querySelectorAll(wanted)].filter(isOwed);
  const before = owed.map(look);
  const group = (one) => one.type === "radio" && one.name ? one.name : null;
  globalThis.walkAt = () => {
    const at = owed.indexOf(document.activeElement);
    document.getAnimations().forEach((one) => { try { one.finish(); } catch { one.cancel(); } });
    const isNone = !document.activeElement || document.activeElement === document.body || document.activeElement === document.documentElement;
    return JSON.stringify({ at: isNone ? -2 : at, changed: at >= 0 && look(owed[at]) !== before[at] });
  };
  document.activeElement?.blur?.();
  return JSON.stringify({
    names: owed.map(called), groups: owed.map(group), jumps: owed.filter((one) => one.tabIndex > 0).map(called),
  });
})()
"""


class _Begun(msgspec.Struct):
    names: list[str]
    groups: list[str | None]
    jumps: list[str]


class _At(msgspec.Struct):
    at: int
    changed: bool


async def walk(page: Page, cdp: CDPSession) -> Walked | None:
    """What the Tab key reaches on the page as it stands; None where it could not be asked."""
    frame = (await cdp.send("Page.getFrameTree"))["frameTree"]["frame"]["id"]
    world = await cdp.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "keyboard"})
    context = world["executionContextId"]
    try:
        begun = msgspec.json.decode(await _told(cdp, context, _BEGIN), type=_Begun)
        return await _walked(page, cdp, context, begun)
    except (KeyError, TypeError, msgspec.DecodeError):
        return None


async def _walked(page: Page, cdp: CDPSession, context: int, begun: _Begun) -> Walked:
    reached: list[int] = []
    unseen: set[int] = set()
    last, times, trap = -1, 0, ""
    for _ in range(min(_MOST_STEPS, len(begun.names) * 3 + 3)):
        await page.keyboard.press("Tab")
        here = msgspec.json.decode(await _told(cdp, context, "walkAt()"), type=_At)
        if here.at == -2 or (here.at >= 0 and here.at in reached and here.at != last):  # noqa: PLR2004  the script's word for nothing
            break  # out of the page, or round to a control that was reached before
        times = times + 1 if here.at == last else 1
        if here.at >= 0 and times > _STEPS_WITHIN:
            trap = begun.names[here.at]
            break
        if here.at >= 0 and here.at != last:
            reached.append(here.at)
            if not here.changed:
                unseen.add(here.at)
        last = here.at
    return _put_together(begun, reached, unseen, trap)


def _put_together(begun: _Begun, reached: list[int], unseen: set[int], trap: str) -> Walked:
    """Of radio buttons with one name, the Tab key reaches one: the arrows reach the others."""
    groups = {begun.groups[at] for at in reached} - {None}
    missed = [at for at in range(len(begun.names)) if at not in reached and begun.groups[at] not in groups]

    def named(places: list[int]) -> tuple[str, ...]:
        return tuple(shown(begun.names[at]) for at in places)

    return Walked(named(reached), named(missed), named(sorted(unseen)), tuple(map(shown, begun.jumps)), shown(trap))


async def _told(cdp: CDPSession, context: int, script: str) -> str:
    answer: dict[str, Any] = await cdp.send(
        "Runtime.evaluate", {"expression": script, "contextId": context, "returnByValue": True}
    )
    return str(answer["result"]["value"])
