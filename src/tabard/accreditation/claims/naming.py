"""Which criteria somebody may have meant who named none that there is."""

from difflib import get_close_matches
from functools import cache

from tabard.accreditation.frameworks import all_frameworks

_MOST = 4
_LIKENESS = 0.7


def near_criteria(told: str) -> tuple[str, ...]:
    """The ids of criteria that are like what was told, the nearest first: of its number in other frameworks, or of like letters."""
    number = told.rpartition("/")[2].casefold()
    same = [one for one in _ids() if one.partition("/")[2].casefold() == number]
    like = get_close_matches(told[:80], _ids(), n=_MOST, cutoff=_LIKENESS)
    return tuple(dict.fromkeys((*same, *like)))[:_MOST]


@cache
def _ids() -> tuple[str, ...]:
    return tuple(one.id for each in reversed(all_frameworks()) for one in each.criteria)
