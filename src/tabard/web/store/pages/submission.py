"""How a submission fares, for its maker: what failed, what is asked, which conditions are theirs, what happens next."""

from dataclasses import dataclass
from hashlib import sha256

from starlette.responses import Response

from tabard.accreditation import REVIEW_WITHIN, Case, Remark, Status
from tabard.decision import Outcome
from tabard.store import CaseDetail
from tabard.web.design.times import when
from tabard.web.store.counter import Counter
from tabard.web.store.frame import Frame
from tabard.web.store.guard import Asked, Judging
from tabard.web.store.pages.cases import clock_words
from tabard.web.store.pages.working_off import shown_conditions
from tabard.web.store.render import page
from tabard.web.store.words import all_findings, shown_findings, status_words

_MOVING = (Status.submitted, Status.checking)
_REVIEWED = (
    "People of each role that the class of your product needs take it on, and look at what no rule could assess.",
    "They may ask you something here; the clock stands until you answer.",
    "Then all of them sign one decision: accredited, with conditions, for some hospitals first, or refused with grounds.",
)
_NEXT: dict[str, tuple[str, ...]] = {
    Status.draft: ("It is not submitted yet.",),
    Status.submitted: ("The rules run by themselves. Then people judge it.", *_REVIEWED),
    Status.checking: ("The rules run by themselves. Then people judge it.", *_REVIEWED),
    Status.in_review: _REVIEWED,
    Status.signing: ("The decision is written. Who judged it signs; with the last signature it is public.",),
    Status.decided: ("It is signed. In a moment it is public.",),
    Status.suspended: (
        "It is listed no more. Two people of different roles may bring it back; a next version is judged as any.",
    ),
    Status.withdrawn: ("You took it back. Submit a next version when you have one.",),
    Status.expired: ("The decision's time is over. Submit a next version.",),
}
_MEND = (
    "Mend each thing that failed. Run tabard product check on your own machine: it finds the same.",
    "Give it a next version, sign it, and submit that one. What was reviewed stands again where its evidence is the same.",
)
_ANSWER = ("Answer each question with your own key. With the last answer it is in review again.",)
_PUBLISHED = (
    "Keep the days of the conditions that are yours.",
    "A next version is judged by what is other than in this one.",
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question, with the command that answers it."""

    number: int
    about: str
    words: str
    by: str
    command: str


def show(counter: Counter, asked: Asked) -> Response:
    """How far a submission is, for who has its whole address. Raises NotFound."""
    case_id, secret = (asked.request.path_params[name] for name in ("case", "secret"))
    counter.store.addresses.check(case_id, secret)
    return _page(counter, asked.frame, case_id, is_makers=True)


def show_assessor(counter: Counter, asked: Judging) -> Response:
    """The same page, as its maker sees it, for an assessor. Raises NotFound."""
    return _page(counter, asked.frame, asked.request.path_params["case"], is_makers=False)


def _page(counter: Counter, frame: Frame, case_id: str, *, is_makers: bool) -> Response:
    detail = counter.store.own_case(case_id)
    case, row = detail.case, detail.row
    word, colour = status_words(row.status, row.outcome)
    is_refused = case.status is Status.published and case.outcome is Outcome.refused
    return page(
        "submission.html",
        frame=frame,
        case=case_id,
        is_makers=is_makers,
        row={
            "product": row.name,
            "version": row.version,
            "status": word,
            "colour": colour,
            "next_step": row.next_step,
        },
        is_moving=case.status in _MOVING and not detail.is_stuck,
        progress=detail.progress,
        grounds=detail.decision.grounds if detail.decision and is_refused else (),
        review=_review(detail, counter.base_url) if is_refused else (),
        next=_next(case),
        service=clock_words(row.used_days, row.of_days, is_running=case.status is not Status.referred_back),
        questions=[_question(counter, case, one) for one in case.questions],
        remarks=[{"said": one, "at": when(one.at)} for one in case.remarks],
        conditions=shown_conditions(case, counter.today) if case.status not in _MOVING else (),
        plan=f"tabard accredit plan {case.id} --store {counter.base_url} --key YOUR-KEY --condition ID --step 2027-01-31=TEXT",
        findings=all_findings(case),
        waiting=shown_findings(case.unreviewed, ()),
        decision=_decision(case),
        happened=[
            {"at": when(one.at), "words": f"{one.kind.replace('_', ' ')}: {one.words}"} for one in detail.happened
        ],
        sha256=case.package_sha256,
    )


def _next(case: Case) -> tuple[str, ...]:
    if case.status is Status.referred_back:
        failing = case.report.failing if case.report else ()
        return (*(_ANSWER if case.questions else ()), *(_MEND if failing else ()))
    if case.status is Status.published:
        return () if case.outcome is Outcome.refused else _PUBLISHED
    return _NEXT[case.status]


def _question(counter: Counter, case: Case, one: Remark) -> Question:
    about = "the whole of it" if one.about == "case" else one.about
    told = f"tabard accredit reply {case.id} --store {counter.base_url} --key YOUR-KEY --question {one.number} --words TEXT"
    return Question(one.number, about, one.words, one.by, told)


def _review(detail: CaseDetail, base: str) -> tuple[str, ...]:
    """Until when a refusal may be reviewed and how; a refusal that was reviewed is not again."""
    case, decision = detail.case, detail.decision
    if decision is None or case.refusal is not None:
        return ("Other people have reviewed it already, and refused it too. Submit a next version when you have one.",)
    until = when(decision.decided + REVIEW_WITHIN).text
    command = f"tabard accredit ask-review {case.id} --store {base} --key YOUR-KEY --reason TEXT"
    return (f"Until {until} you may have other people review it. They begin anew.", command)


def _decision(case: Case) -> str:
    """The SHA-256 of the public decision, "" while there is none."""
    public = (Status.published, Status.suspended, Status.expired, Status.withdrawn)
    return sha256(case.statement.payload).hexdigest() if case.statement and case.status in public else ""
