"""One case: everything an assessor must see, on one page, before what they sign."""

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256

from starlette.responses import Response

from tabard.accreditation import RULES, Case, Criterion, NoSuchCriterion, Status, criterion
from tabard.decision import Accreditor
from tabard.store import CaseDetail
from tabard.web.design.times import when
from tabard.web.store.counter import Counter
from tabard.web.store.guard import Judging
from tabard.web.store.pages.cases import clock_words
from tabard.web.store.pages.difference import shown_difference
from tabard.web.store.pages.permits import Permits, permits
from tabard.web.store.pages.product import Person
from tabard.web.store.pages.working_off import shown_conditions
from tabard.web.store.render import page
from tabard.web.store.standings import STANDINGS, standings_of
from tabard.web.store.waiting import waits_of
from tabard.web.store.words import ShownFinding, all_findings, officer_words, role_words, shown_findings, status_words

_JUDGES = {rule.id: rule.judges for rule in RULES}
_DONE = {
    "reviewed": "Your review is written down.",
    "drafted": "The decision is written. Read it below, then sign it.",
    "signed": "Your signature is there.",
    "widened": "All have signed: the new decision stands, and is listed in a moment.",
    "assigned": "What you said of conflicts of interest is written down.",
    "referred-back": "The publisher is asked.",
    "refused": "The refusal is written. Read it below, then sign it.",
    "rechecked": "The rules run once more; what people said stays where its evidence is found again.",
    "reopened": "The statement is dropped; the case is in review again.",
    "condition": "The condition is set. It will stand in the decision.",
    "condition-dropped": "The condition is taken away.",
    "condition-met": "It is written down that the condition is met.",
    "suspended": "The version is suspended. In a moment it is listed no more.",
    "reinstating": "Your word is written down. A second person of another role must say so too.",
    "reinstated": "The version is listed again, in a moment.",
}
_LONGEST_ABOUT = 200
_OPEN = (Status.submitted, Status.checking, Status.in_review, Status.referred_back)
"""Before a decision is drafted: then it matters what keeps the case from it."""

_KIB = 1024


@dataclass(frozen=True, slots=True)
class Statement:
    """What a signature is over: its digest, and the bytes to sign in base64."""

    sha256: str
    to_sign: str


def show(counter: Counter, asked: Judging) -> Response:
    """The page of a case. Raises NotFound."""
    detail = counter.store.case(asked.request.path_params["case"])
    case, row, may = detail.case, detail.row, permits(detail, asked.who)
    status, colour = status_words(case.status, case.outcome)
    found = standings_of(counter, detail, counter.today, who=asked.who)
    return page(
        "case.html",
        frame=asked.frame,
        row={
            "id": case.id,
            "version": case.version,
            "status": status,
            "colour": colour,
            "next_step": row.next_step,
        },
        name=row.name,
        publisher=case.publisher,
        version=detail.version,
        base=counter.base_url,
        role=role_words(asked.who.role),
        done=_DONE.get(asked.request.query_params.get("done", ""), ""),
        facts=_facts(detail),
        may=may,
        checked=f"{case.checked:%d-%b-%Y}" if case.checked else "",
        taken=[{"name": one.name, "role": role_words(one.role), "conflicts": one.conflicts} for one in case.taken],
        service=clock_words(row.used_days, row.of_days, is_running=case.status is not Status.referred_back),
        is_over=row.used_days > row.of_days,
        difference=shown_difference(counter, detail),
        touches=detail.touches,
        standings=found,
        waits=waits_of(found.criteria),
        is_open=case.status in _OPEN,
        standing_words=tuple(word for word, _ in STANDINGS.values()),
        safety=counter.bases.of(case.package_sha256).safety,
        hazards=detail.hazards.hazards if detail.hazards else (),
        tasks=detail.hazards.tasks if detail.hazards else (),
        findings=all_findings(case),
        progress=detail.progress,
        unreviewed=_for(asked.who, case),
        remarks=[{"said": one, "at": when(one.at)} for one in case.remarks],
        about=_about(asked),
        conditions=shown_conditions(case, counter.today),
        words=detail.words,
        signed_by=[Person(one.name, role_words(one.role)) for one in row.signed_by],
        statement=_statement(detail, may),
        is_first=case.is_first_of_type,
        is_widening=case.widening is not None,
        suspended=_said(case),
        happened=[
            {"at": when(one.at), "by": one.by, "words": f"{one.kind.replace('_', ' ')}: {one.words}"}
            for one in detail.happened
        ],
    )


def _facts(detail: CaseDetail) -> tuple[tuple[str, str], ...]:
    manifest, case = detail.manifest, detail.case
    return (
        ("Publisher", f"{detail.row.publisher_name} ({case.publisher})"),
        ("Clinical safety officer", officer_words(manifest)),
        ("Intended use", manifest.intended_use),
        ("Opened with", ", ".join(sorted({str(part.context) for part in manifest.parts}))),
        ("Class", f"{case.product_class}: {'; '.join(case.because)}"),
        ("Licence", manifest.licence),
        ("Package", f"{detail.package_size / _KIB:,.0f} KiB, SHA-256 {case.package_sha256}"),
        ("Signed by the publisher's key", detail.release_keyid),
    )


def _for(who: Accreditor, case: Case) -> tuple[ShownFinding, ...]:
    """What no machine could assess and this person's role may."""
    mine = tuple(one for one in case.unreviewed if who.role in _JUDGES.get(one.rule, ()))
    return shown_findings(mine, ())


def _about(asked: Judging) -> tuple[str, str]:
    """What a question is to be about, as the address of the page says, and its title where it is a criterion."""
    told = asked.request.query_params.get("about", "")[:_LONGEST_ABOUT]
    try:
        found: Criterion | None = criterion(told)
    except NoSuchCriterion:
        found = None
    return told, found.title if found else ""


def _statement(detail: CaseDetail, may: Permits) -> Statement | None:
    """What this person has yet to sign; None where there is nothing, or they have."""
    envelope = detail.case.statement
    if envelope is None or not may.sign:
        return None
    return Statement(sha256(envelope.payload).hexdigest(), b64encode(envelope.to_sign).decode())


def _said(case: Case) -> tuple[str, ...]:
    """Why it is suspended, and who said already that it may be listed again."""
    if case.status is not Status.suspended or case.suspended is None:
        return ()
    said, first = case.suspended, case.reinstating
    told = (f"Suspended by {said.by} on {when(said.at).text}: {said.reason}",)
    return (*told, f"{first.by} says that it may be listed again: {first.reason}") if first else told
