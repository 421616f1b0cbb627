"""What keeps a case from a decision: how many criteria wait for whom, in the words that stand on the page and in a refusal."""

from collections import Counter as Tally
from collections.abc import Iterable
from dataclasses import dataclass

from tabard.decision import Role
from tabard.web.store.shown import CHECKER, MAKER, MINE, ShownCriterion, roles_words

_FIRST = {MINE: 0, MAKER: 2, CHECKER: 3}


@dataclass(frozen=True, slots=True)
class Wait:
    """Criteria that wait for the same; `key` is the filter by which the page of criteria shows them."""

    number: int
    key: str
    words: str


def waits_of(criteria: Iterable[ShownCriterion]) -> tuple[Wait, ...]:
    """What each criterion that holds the case up waits for: the person who looks first, then others, then the maker."""
    counted = Tally(one.waits for one in criteria if one.holds_up)
    ranked = sorted(counted.items(), key=lambda one: (_FIRST.get(one[0], 1), one[0]))
    return tuple(Wait(number, key, _words(key, number)) for key, number in ranked)


def waiting_words(waits: tuple[Wait, ...]) -> str:
    """All of it in a sentence; "" where nothing waits."""
    return f"{'; '.join(f'{one.number} {one.words}' for one in waits)}." if waits else ""


def whom(key: str) -> str:
    """Whom criteria of that key wait for: `you`, `a security reviewer`."""
    if key in _FIRST:
        return {MINE: "you", MAKER: "its maker", CHECKER: "our checker"}[key]
    return roles_words(Role(one) for one in key.split("+"))


def _words(key: str, number: int) -> str:
    is_one = number == 1
    criteria = "criterion" if is_one else "criteria"
    if key == MAKER:
        return f"{criteria} {'is' if is_one else 'are'} not met, which only the maker can mend"
    if key == CHECKER:
        return f"{criteria} could not be checked by us"
    return f"{criteria} {'waits' if is_one else 'wait'} for {whom(key)}"
