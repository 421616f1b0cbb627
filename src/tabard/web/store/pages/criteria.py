"""One case criterion by criterion: how each stands, what the maker claims, what shows it, and what the rules found."""

from dataclasses import dataclass

from starlette.responses import Response

from tabard.accreditation import Status as Stage
from tabard.accreditation.claims import Status
from tabard.web.store.counter import Counter
from tabard.web.store.guard import Judging
from tabard.web.store.pages.cases import Choice
from tabard.web.store.render import page
from tabard.web.store.standings import STANDINGS, Judged, Section, ShownCriterion, counted, standings_of

_HOLDS_UP = "holds-up"
_SHOWN_OPEN = 15
_ASKED = (Stage.in_review, Stage.referred_back, Stage.signing)


@dataclass(frozen=True, slots=True)
class Shown:
    """A framework with those of its criteria that were asked for; `counted` tells of all."""

    id: str
    title: str
    version: str
    sha256: str
    counted: str
    sections: tuple[Section, ...]


def show(counter: Counter, asked: Judging) -> Response:
    """The page of a case's criteria. Raises NotFound."""
    detail = counter.store.case(asked.request.path_params["case"])
    wanted, framework = (asked.request.query_params.get(name, "") for name in ("standing", "framework"))
    wanted = wanted if wanted == _HOLDS_UP or wanted in set(Status) else ""
    found = standings_of(counter, detail, counter.today)
    known = {one.id for one in found.frameworks}
    framework = framework if framework in known else ""
    is_mine = any(one.id == asked.who.id and one.is_free for one in detail.case.taken)
    shown = tuple(_shown(one, wanted) for one in found.frameworks if framework in ("", one.id))
    return page(
        "criteria.html",
        frame=asked.frame,
        case={"id": detail.case.id, "name": f"{detail.row.name} {detail.row.version}"},
        found=found,
        frameworks=tuple(one for one in shown if one.sections),
        standings=_choices(wanted),
        choices=(Choice("", "All frameworks", not framework), *_frameworks(found.frameworks, framework)),
        is_filtered=bool(wanted or framework),
        is_open=sum(len(each.criteria) for one in shown for each in one.sections) <= _SHOWN_OPEN,
        may_ask=is_mine and detail.case.status in _ASKED,
    )


def _choices(wanted: str) -> tuple[Choice, ...]:
    words = (Choice(str(one), text, one == wanted) for one, (text, _) in STANDINGS.items())
    return (
        Choice("", "Any", not wanted),
        Choice(_HOLDS_UP, "Must be met and is not", wanted == _HOLDS_UP),
        *words,
    )


def _frameworks(found: tuple[Judged, ...], wanted: str) -> tuple[Choice, ...]:
    return tuple(Choice(one.id, f"{one.title} {one.version}", one.id == wanted) for one in found)


def _shown(one: Judged, wanted: str) -> Shown:
    """The framework with those criteria that stand as was asked for."""
    kept = ((each.title, tuple(c for c in each.criteria if _is_wanted(c, wanted))) for each in one.sections)
    sections = tuple(Section(title, counted(criteria), criteria) for title, criteria in kept if criteria)
    return Shown(one.id, one.title, one.version, one.sha256, counted(one.criteria), sections)


def _is_wanted(one: ShownCriterion, wanted: str) -> bool:
    return one.holds_up if wanted == _HOLDS_UP else not wanted or one.status == wanted
