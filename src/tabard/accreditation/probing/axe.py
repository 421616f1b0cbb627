"""Asking axe-core in a world of its own: the page's scripts see neither it nor what it answers."""

import json
from typing import Any

import msgspec
from playwright.async_api import CDPSession

from tabard.accreditation.probing.ports import Hit
from tabard.accreditation.words import shown

_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa")
_FEWEST_RULES = 50
_RUN = """
axe.run(document, {
  runOnly: {type: "tag", values: %s}, resultTypes: ["violations", "incomplete"], preload: false, frameWaitTime: 2000,
}).then((found) => {
  const text = (value) => String(value).slice(0, 160);
  const told = (hits) => hits.map((hit) => ({
    rule: text(hit.id), help: text(hit.help), count: hit.nodes.length,
    targets: hit.nodes.slice(0, 3).map((node) => text(node.target.join(" "))),
  }));
  const tried = [found.violations, found.incomplete, found.passes, found.inapplicable].flat().length;
  return JSON.stringify({violations: told(found.violations), incomplete: told(found.incomplete), tried});
})
"""


class Seen(msgspec.Struct):
    """What axe-core answers; `tried` is how many of its rules it tried."""

    violations: tuple[Hit, ...]
    incomplete: tuple[Hit, ...]
    tried: int


class NoAnswer(Exception):  # noqa: N818  says what happened; it never leaves this folder
    """axe-core gave no answer that could be used."""


async def ask_axe(cdp: CDPSession, axe: str) -> Seen:
    """What axe-core says of the page as it stands. Raises NoAnswer."""
    tree = await cdp.send("Page.getFrameTree")
    frame = tree["frameTree"]["frame"]["id"]
    world = await cdp.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "accreditation"})
    context = world["executionContextId"]
    await _evaluate(cdp, context, axe)
    answer = await _evaluate(cdp, context, _RUN % json.dumps(_TAGS))
    try:
        seen = msgspec.json.decode(answer["value"], type=Seen)
    except (KeyError, TypeError, msgspec.DecodeError) as fault:
        raise NoAnswer("axe-core could not read the page") from fault
    if seen.tried < _FEWEST_RULES:
        raise NoAnswer("axe-core tried too few of its rules")
    return msgspec.structs.replace(seen, violations=_shown(seen.violations), incomplete=_shown(seen.incomplete))


def _shown(hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    return tuple(
        sorted(
            (Hit(shown(one.rule), shown(one.help), tuple(map(shown, one.targets)), one.count) for one in hits),
            key=lambda one: one.rule,
        )
    )


async def _evaluate(cdp: CDPSession, context: int, script: str) -> dict[str, Any]:
    told = {"expression": script, "contextId": context, "awaitPromise": True, "returnByValue": True}
    answer: dict[str, Any] = await cdp.send("Runtime.evaluate", told)
    if "exceptionDetails" in answer:
        raise NoAnswer("axe-core could not read the page")
    return dict(answer["result"])
