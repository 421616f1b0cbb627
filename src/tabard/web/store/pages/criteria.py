"""One case criterion by criterion: how each stands, what the maker claims, what shows it, what the rules found, and a form to judge it by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from starlette.responses import Response

from tabard.accreditation import Status as Stage
from tabard.accreditation.claims import Status
from tabard.decision import Role
from tabard.store import CaseDetail
from tabard.web.store.counter import Counter
from tabard.web.store.guard import Judging
from tabard.web.store.pages.cases import Choice
from tabard.web.store.pages.working_off import shown_conditions
from tabard.web.store.render import page
from tabard.web.store.shown import MINE, STANDINGS, is_judging
from tabard.web.store.standings import Judged, Section, ShownCriterion, Standings, counted, standings_of
from tabard.web.store.waiting import waits_of, whom

_HOLDS_UP, _ALL = "holds-up", "all"
_SHOWN_OPEN = 15
_ASKED = (Stage.in_review, Stage.referred_back, Stage.signing)
WORDS = (Status.met, Status.met_with_conditions, Status.not_met, Status.not_applicable)
"""What a person can say of a criterion."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A framework with those of its criteria that were asked for; `counted` tells of all."""

    id: str
    title: str
    version: str
    sha256: str
    counted: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """A form of one section as it was sent: what is ticked there, the word, and why it was not taken ("" where it was not sent)."""

    section: str = ""
    ticked: frozenset[str] = frozenset()
    status: str = ""
    reason: str = ""
    conditions: frozenset[str] = frozenset()
    problem: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """Which criteria are shown: of which framework ("" for all), and standing how."""

    standing: str
    framework: str

    def address(self, case: str, **more: str) -> str:
        """The page that shows these."""
        told = {"standing": self.standing, "framework": self.framework, **more}
        query = urlencode({name: value for name, value in told.items() if value})
        return f"/cases/{case}/criteria{f'?{query}' if query else ''}"


def show(counter: Counter, asked: Judging) -> Response:
    """The page of a case's criteria. Raises NotFound."""
    detail = counter.store.case(asked.request.path_params["case"])
    found = standings_of(counter, detail, counter.today, who=asked.who)
    return criteria_page(counter, asked, detail, found, asked.request.query_params, Sent())


def criteria_page(
    counter: Counter,
    asked: Judging,
    detail: CaseDetail,
    found: Standings,
    query: Mapping[str, str],
    sent: Sent,
) -> Response:
    """The page, with the one form as it was `sent`."""
    view, case = _view(query, found), detail.case
    sent = sent if sent.section else _ticked(query, found)
    shown = tuple(_shown(one, view) for one in found.frameworks if view.framework in ("", one.id))
    shown = tuple(sorted((one for one in shown if one.sections), key=lambda one: not _mine(one)))
    parts = [each for one in shown for each in one.sections]
    first = next((one.key for one in parts if one.mine and one.boxes), "")
    is_mine = is_judging(case, asked.who)
    return page(
        "criteria.html",
        400 if sent.problem else 200,
        frame=asked.frame,
        case={"id": case.id, "name": f"{detail.row.name} {detail.row.version}"},
        found=found,
        frameworks=shown,
        waits=waits_of(found.criteria),
        whom=whom,
        ways=_ways(case.id, view, found),
        view=view,
        choices=(Choice("", "All frameworks", not view.framework), *_frameworks(found.frameworks, view)),
        standings=_standings(view),
        opened=[one.key for one in parts] if len(_criteria(shown)) <= _SHOWN_OPEN else [sent.section or first],
        first=first,
        sent=sent,
        status=400 if sent.problem else 200,
        words=tuple((one.value, STANDINGS[one][0]) for one in WORDS if one is not Status.met_with_conditions),
        conditions=shown_conditions(case, counter.today),
        is_judging=is_mine and case.status is Stage.in_review,
        may_take=not is_mine and case.status is Stage.in_review,
        may_ask=is_mine and case.status in _ASKED,
        done=_done(query),
    )


def _done(query: Mapping[str, str]) -> str:
    """What was judged just now, as the address tells."""
    number, word = query.get("judged", ""), query.get("as", "")
    if not (number.isdecimal() and len(number) < 4 and word in set(WORDS)):  # noqa: PLR2004  digits of at most 300
        return ""
    criteria = "criterion is" if number == "1" else "criteria are"
    return f"{number} {criteria} judged: {STANDINGS[Status(word)][0].lower()}."


def _view(query: Mapping[str, str], found: Standings) -> View:
    """What was asked for; else what waits for this person, where anything does that they can judge."""
    wanted, framework = query.get("standing", ""), query.get("framework", "")
    if not _is_filter(wanted):
        can = any(one.waits == MINE and one.basis for one in found.criteria)
        wanted = MINE if can and not framework else _ALL
    return View(wanted, framework if framework in {one.id for one in found.frameworks} else "")


def _is_filter(wanted: str) -> bool:
    roles = wanted.split("+")
    return wanted in {MINE, _HOLDS_UP, _ALL, "maker", "checker", *Status} or all(one in set(Role) for one in roles)


def _ways(case: str, view: View, found: Standings) -> tuple[tuple[str, str, bool], ...]:
    """The three views that are asked for most: address, words, whether it is this one."""
    told = ((MINE, "Waits for you"), (_HOLDS_UP, "Keeps it from a decision"), (_ALL, "All"))
    mine = [one for one in found.criteria if view.framework in ("", one.id.partition("/")[0])]
    return tuple(
        (
            View(key, view.framework).address(case),
            f"{words} ({sum(1 for one in mine if _is_wanted(one, key))})",
            view.standing == key,
        )
        for key, words in told
    )


def _standings(view: View) -> tuple[Choice, ...]:
    words = (Choice(str(one), text, one == view.standing) for one, (text, _) in STANDINGS.items())
    return (
        Choice(_ALL, "Any", view.standing == _ALL),
        Choice(MINE, "Waits for you", view.standing == MINE),
        Choice(_HOLDS_UP, "Must be met and is not", view.standing == _HOLDS_UP),
        *words,
    )


def _frameworks(found: tuple[Judged, ...], view: View) -> tuple[Choice, ...]:
    return tuple(Choice(one.id, f"{one.title} {one.version}", one.id == view.framework) for one in found)


def _ticked(query: Mapping[str, str], found: Standings) -> Sent:
    """What a link of the page ticks in one section: all that this person can judge there, or what the maker says is done."""
    key = query.get("tick", "") or query.get("tick-all", "")
    section = next((one for each in found.frameworks for one in each.sections if one.key == key), None)
    if section is None:
        return Sent()
    is_wanted: Callable[[ShownCriterion], bool] = lambda one: one.is_done or "tick-all" in query  # noqa: E731  named to be read
    return Sent(section.key, frozenset(one.id for one in section.boxes if is_wanted(one)))


def _shown(one: Judged, view: View) -> Shown:
    """The framework with those criteria that stand as was asked for, what waits for this person first."""
    kept = ((each, tuple(c for c in each.criteria if _is_wanted(c, view.standing))) for each in one.sections)
    sections = [replace(each, counted=counted(criteria), criteria=criteria) for each, criteria in kept if criteria]
    ranked = tuple(sorted(sections, key=lambda each: not each.mine))
    return Shown(one.id, one.title, one.version, one.sha256, counted(one.criteria), ranked)


def _mine(one: Shown) -> int:
    return sum(each.mine for each in one.sections)


def _criteria(shown: tuple[Shown, ...]) -> list[ShownCriterion]:
    return [one for each in shown for section in each.sections for one in section.criteria]


def _is_wanted(one: ShownCriterion, wanted: str) -> bool:
    if wanted == _ALL:
        return True
    if wanted == _HOLDS_UP:
        return one.holds_up
    return one.status == wanted if wanted in set(Status) else one.waits == wanted
