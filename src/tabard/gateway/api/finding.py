"""Finding: a page made of what may be seen alone, so that neither a link onward nor what came along tells of anything else. Pure.

Were a page of the record only thinned, its link to a next page, or the patient who came along with nothing, would tell whoever
asks for a code that something withheld has it.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from tabard.fhir import decode
from tabard.gateway.api.looking import may_show
from tabard.gateway.api.screening import MAX_COUNT
from tabard.gateway.policy import Limit, referenced
from tabard.gateway.ports import Page, Stored
from tabard.ground.errors import CallerError

Ask = Callable[[str, int], Page | None]
"""The page of the same search behind a cursor, of so many at most."""

_ROUNDS = 25
"""Pages of the record that are gone through for one page, and to see whether another follows."""


class Seen(NamedTuple):
    """What a page shows; `candidates` are all that it was made of, shown or not, and `next` is the record's own cursor."""

    matches: tuple[Stored, ...]
    included: tuple[Stored, ...]
    candidates: tuple[Stored, ...]
    next: str | None


NOTHING = Seen((), (), (), None)
"""Nothing at all."""


def seen(first: Page, within: Limit, count: int, ask: Ask) -> Seen:
    """The page that begins with `first`, filled with what follows in place of what may not be seen."""
    found = thinned(first, within)
    for _ in range(_ROUNDS):
        if found.next is None or not _is_hiding(within, found) or len(found.matches) >= count:
            break
        more = ask(found.next, count - len(found.matches))
        found = found if more is None else _joined(found, thinned(more, within))
    if found.next is None or not _is_hiding(within, found) or _is_more(found.next, within, ask):
        return found
    return found._replace(next=None)


def _is_hiding(within: Limit, found: Seen) -> bool:
    return not within.is_exact or bool(within.withheld) or len(found.matches) < len(found.candidates)


def _is_more(cursor: str, within: Limit, ask: Ask) -> bool:
    """Whether anything that may be seen follows; so it is taken to be where that is too much to look through."""
    for _ in range(_ROUNDS):
        try:
            page = ask(cursor, MAX_COUNT)
        except CallerError:  # too much would come along with so many
            return True
        if page is None:
            return False
        if any(may_show(within, stored) for stored in page.matches):
            return True
        if page.next is None:
            return False
        cursor = page.next
    return True


def thinned(page: Page, within: Limit) -> Seen:
    """A page of the record as it is, without what may not be seen."""
    matches = tuple(stored for stored in page.matches if may_show(within, stored))
    is_whole = len(matches) == len(page.matches)
    included = tuple(page.included) if is_whole else _along(page.included, matches)
    return Seen(matches, included, tuple(page.matches), page.next)


def _along(included: Sequence[Stored], matches: Sequence[Stored]) -> tuple[Stored, ...]:
    """Of what came along, what is named by something that is shown, or names a match that is shown."""
    own = {f"{one.type}/{one.id}" for one in matches}
    names = {f"{one.type}/{one.id}": referenced(decode(one.body)) for one in included}
    kept = {name for name, named in names.items() if not named.isdisjoint(own)}
    told = set().union(*(referenced(decode(one.body)) for one in matches), *(names[one] for one in kept))
    while fresh := {name for name in names if name in told and name not in kept}:
        kept |= fresh
        told.update(*(names[one] for one in fresh))
    return tuple(one for one in included if f"{one.type}/{one.id}" in kept)


def _joined(found: Seen, more: Seen) -> Seen:
    known = {(one.type, one.id) for one in (*found.matches, *found.included)}
    added = tuple(one for one in more.included if (one.type, one.id) not in known)
    return Seen(
        (*found.matches, *more.matches),
        (*found.included, *added),
        (*found.candidates, *more.candidates),
        more.next,
    )
