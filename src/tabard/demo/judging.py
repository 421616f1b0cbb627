"""The centre's road: two people of different roles judge what no machine could, and sign; the catalogue has it.

What the maker says is still to do is no obstacle and no secret: it becomes a condition, with the day that the maker named.
"""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from tabard.accreditation import RULES
from tabard.demo.centre import ASSESSORS
from tabard.demo.commands import one, refusal
from tabard.demo.errors import Failed
from tabard.demo.stage import Stage
from tabard.demo.waiting import until

_PATIENCE_S = 20
_JUDGES = {rule.id: rule.judges for rule in RULES}
_SEEN = "A pretend person looked at all that stands beside it."
_STILL_TO_DO = "What the maker says is still to do is done by then, and shown to the store."
_LEAST = timedelta(days=30)
_REASON = "The demo leaves out trial and advisories, and perhaps a browser: a pretend person read the pages instead."


def accredit(stage: Stage, product: str) -> str:
    """Each reviews what their role judges and signs; one alone, or the same person twice, publishes nothing."""
    centre, case = stage.centre, stage.centre.cases[product]
    accepted = 0
    for role, _ in ASSESSORS:
        key = ("--store", centre.base, "--key", centre.key(role))
        one("accredit", "assign", case, *key, "--conflict", "none")
    for role, _ in ASSESSORS:
        accepted += _review(stage, case, role)
    judged = _judge(stage, case)
    for number, (role, _) in enumerate(ASSESSORS):
        one("accredit", "sign", case, "--store", centre.base, "--key", centre.key(role), "--yes")
        if number == 0:
            refusal("accredit", "sign", case, "--store", centre.base, "--key", centre.key(role), "--yes")
    names = " and ".join(name for _, name in ASSESSORS)
    reviewed = f"; {accepted} findings that no machine assessed were reviewed" if accepted else ""
    words = ", ".join(f"{number} {word.replace('_', ' ')}" for word, number in sorted(judged.items()))
    return f"accredited with conditions, signed by {names}{reviewed}; of its criteria {words}"


def published(stage: Stage, product: str) -> str:
    """A stranger with nothing but the root key follows the signatures down to the package's bytes."""
    centre = stage.centre
    catalogue = f"{centre.base}/catalogue"

    def is_published() -> bool:
        told = one("accredit", "show", centre.cases[product], "--store", centre.base, "--key", centre.key("security"))
        return bool(told["status"] == "published")

    until(is_published, "the catalogue has the product", _PATIENCE_S)
    steps = one("catalogue", "verify", "--from", catalogue, "--root", centre.root, product)["steps"]
    if not steps:
        raise Failed("nothing was verified")
    return f"{len(steps)} steps verified from the root key down"


def _judge(stage: Stage, case: str) -> Counter[str]:
    """Each agrees with the maker where that is right, sets a condition for what is still to do, and judges the rest; how all stand."""
    told, condition = [], ""
    for role, _ in ASSESSORS:
        key = ("--store", stage.centre.base, "--key", stage.centre.key(role))
        told = _criteria(case, *key)
        condition = condition or _set_condition(case, told, *key)
        judge = ("accredit", "judge", case, *key, "--reason", _SEEN)
        one(*judge, "--waiting")
        one(*judge, "--todo", condition)
        silent = [each["criterion"] for each in told if _is_silent(each, role)]
        if silent:
            one(*judge, "--status", "met", *(f"--criterion={each}" for each in silent))
        told = _criteria(case, *key)
    return Counter(str(each["status"]) for each in told)


def _criteria(case: str, *key: str | Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = one("accredit", "criteria", case, *key)["criteria"]
    return found


def _set_condition(case: str, told: list[dict[str, Any]], *key: str | Path) -> str:
    """The id of the one condition: the maker's, by the last day that the maker named, or a month from now where that is over."""
    named = [date.fromisoformat(each["claim_by"]) for each in told if each["claim_by"]]
    due = max([*named, datetime.now(UTC).date() + _LEAST])
    asked = ("--add", _STILL_TO_DO, "--owner", "maker", "--due", due.isoformat())
    return str(one("accredit", "condition", case, *key, *asked)["conditions"][-1]["id"])


def _is_silent(each: dict[str, Any], role: str) -> bool:
    """Whether it waits for that role's word, and its maker says nothing of it."""
    return each["waits_for"] == "judgement" and not each["claim"] and role in each["judges"]


def _review(stage: Stage, case: str, role: str) -> int:
    """What this role judges of what was not assessed, accepted with a reason; how many there were."""
    key = ("--store", stage.centre.base, "--key", stage.centre.key(role))
    told = one("accredit", "show", case, *key)
    rules = sorted({each["rule"] for each in told["unreviewed"] if role in _JUDGES[each["rule"]]})
    if rules:
        one("accredit", "review", case, *key, *(f"--accept={rule}={_REASON}" for rule in rules))
    return len(rules)
