"""An assessor's word on the criteria that they ticked in one section; what cannot be taken comes back as it was sent."""

from starlette.responses import RedirectResponse, Response

from tabard.accreditation.claims import Status
from tabard.ground.errors import CallerError
from tabard.store import CaseDetail, MovedOn
from tabard.web.store.counter import Counter
from tabard.web.store.guard import Judging
from tabard.web.store.pages.criteria import WORDS, Sent, View, criteria_page
from tabard.web.store.standings import Standings, standings_of

MOST_FIELDS = 400
LIMIT_BYTES = 96 * 1024
"""One word may judge 300 criteria; a tick holds the digest of what was before the person."""

_CRITERION, _CONDITION = "criterion:", "condition:"


def judge(counter: Counter, asked: Judging) -> Response:
    """Give one word on all that is ticked, for what was before the person when the page was made."""
    detail = counter.store.case(asked.request.path_params["case"])
    found = standings_of(counter, detail, counter.today, who=asked.who)
    sent = _sent(asked)
    try:
        _check(asked, found)
        _judge(counter, asked, detail, sent)
    except MovedOn as fault:
        return _again(counter, asked, sent, fault, "Look at the page as it is now, and send it again.")
    except CallerError as fault:
        return _again(counter, asked, sent, fault, "")
    view = View(asked.form.get("standing", ""), asked.form.get("framework", ""))
    told = {"judged": str(len(sent.ticked)), "as": sent.status}
    return RedirectResponse(f"{view.address(detail.case.id, **told)}#next", 303)


def _judge(counter: Counter, asked: Judging, detail: CaseDetail, sent: Sent) -> None:
    conditions = tuple(sorted(sent.conditions)) if sent.status == Status.met_with_conditions else ()
    ids, status = sorted(sent.ticked), Status(sent.status)
    words = (ids, status, sent.reason, conditions)
    counter.store.judge(detail.case.id, asked.who, *words, seen=detail.version, bases=_bases(asked))


def _sent(asked: Judging) -> Sent:
    form = asked.form
    return Sent(
        section=form.get("section", "")[:80] or "none",
        ticked=frozenset(name.removeprefix(_CRITERION) for name in form if name.startswith(_CRITERION)),
        status=form.get("status", ""),
        reason=form.get("reason", "").strip(),
        conditions=frozenset(name.removeprefix(_CONDITION) for name in form if name.startswith(_CONDITION)),
    )


def _bases(asked: Judging) -> dict[str, str]:
    """What is ticked, with the digest of what was before the person."""
    return {name.removeprefix(_CRITERION): basis for name, basis in asked.form.items() if name.startswith(_CRITERION)}


def _check(asked: Judging, found: Standings) -> None:
    """That something is ticked, a word chosen, and each criterion is what the page showed. Raises CallerError, MovedOn."""
    ticked = _bases(asked)
    if not ticked:
        raise CallerError("no criterion is ticked", remedy="Tick those that your word is about.")
    if asked.form.get("status", "") not in set(WORDS):
        raise CallerError("no word is chosen", remedy="Say whether what is ticked is met.")
    now = {one.id: one.basis for one in found.criteria}
    if changed := [id_ for id_, basis in ticked.items() if now.get(id_) and now[id_] != basis]:
        raise MovedOn("what is known of these changed since you loaded the page", got=", ".join(sorted(changed))[:200])


def _again(counter: Counter, asked: Judging, sent: Sent, fault: CallerError, remedy: str) -> Response:
    """The page as it is now, with the form as it was sent and what is wrong with it."""
    detail = counter.store.case(asked.request.path_params["case"])
    found = standings_of(counter, detail, counter.today, who=asked.who)
    known = {one.key for each in found.frameworks for one in each.sections}
    if sent.section not in known:
        raise fault
    told = ": ".join(one for one in (fault.message, fault.where if fault.where != detail.case.id else "") if one)
    got = f" ({fault.got})" if fault.got else ""
    expected = f" Expected: {fault.expected}." if fault.expected else ""
    problem = f"{told[0].upper()}{told[1:]}{got}.{expected}"
    sent = Sent(
        sent.section, sent.ticked, sent.status, sent.reason, sent.conditions, problem, remedy or fault.remedy or ""
    )
    return criteria_page(counter, asked, detail, found, asked.form, sent)
