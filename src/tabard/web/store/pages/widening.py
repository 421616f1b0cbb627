"""Letting what is accredited for its first hospitals go further: each exit criterion answered from the maker's ledger, then signed."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from starlette.responses import RedirectResponse, Response

from tabard.accreditation import missing_roles
from tabard.accreditation.claims import Evidence
from tabard.decision import FirstOfType, Shown, plain_words, read_statement
from tabard.ground.errors import CallerError, NotFound
from tabard.product import touched
from tabard.store import CaseDetail, MovedOn
from tabard.web.store.counter import Counter
from tabard.web.store.guard import Judging
from tabard.web.store.pages.case import Statement
from tabard.web.store.pages.judging import seen_of
from tabard.web.store.pages.permits import Permits, permits
from tabard.web.store.pages.product import Person
from tabard.web.store.render import page
from tabard.web.store.words import role_words

MOST_FIELDS = 400
LIMIT_BYTES = 256 * 1024
"""Each exit criterion has a site, an item of evidence and some lines of words."""

SITES, EVERYWHERE = "sites", "everywhere"
_DONE = {
    "drafted": "The new decision is written. Read it below, then sign it.",
    "dropped": "What was written is dropped.",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One exit criterion on the form, with what was sent of it; `number` is from 1."""

    number: int
    criterion: str
    site: str
    words: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Sent:
    """The form as it was sent; `problem` says what is wrong with it."""

    reach: str = ""
    sites: str = ""
    answers: tuple[Answer, ...] = ()
    problem: str = ""


def show(counter: Counter, asked: Judging) -> Response:
    """The page of a case that may go further. Raises NotFound where it is no first of its type."""
    detail, first = _first_of_type(counter, asked)
    return _page(counter, asked, detail, Sent(answers=_answers(first, {})))


def draft(counter: Counter, asked: Judging) -> Response:
    """Write the new decision; what cannot be taken comes back as it was sent, with what is wrong."""
    detail, first = _first_of_type(counter, asked)
    form = asked.form
    answers = _answers(first, form)
    sent = Sent(form.get("reach", ""), form.get("sites", "").strip(), answers)
    try:
        shown = tuple(Shown(one.criterion, one.site, one.words, one.evidence) for one in _shown(answers))
        counter.store.widen(detail.case.id, asked.who, _sites(sent), shown, seen=seen_of(asked))
    except MovedOn:
        raise
    except CallerError as fault:
        return _page(counter, asked, detail, Sent(sent.reach, sent.sites, answers, _problem(fault, detail)), 400)
    return _back(detail, "drafted")


def drop(counter: Counter, asked: Judging) -> Response:
    """Drop what was written, with its signatures."""
    detail, _ = _first_of_type(counter, asked)
    if detail.version != seen_of(asked):
        raise MovedOn("somebody else changed this case meanwhile", remedy="look at it again, then decide")
    counter.store.drop_widening(detail.case.id, asked.who)
    return _back(detail, "dropped")


def _first_of_type(counter: Counter, asked: Judging) -> tuple[CaseDetail, FirstOfType]:
    detail = counter.store.case(asked.request.path_params["case"])
    first = detail.decision.first_of_type if detail.decision else None
    if first is None or not detail.case.is_first_of_type:
        raise NotFound("this case is not accredited for its first hospitals alone", remedy="go back to the case")
    return detail, first


def _page(counter: Counter, asked: Judging, detail: CaseDetail, sent: Sent, status: int = 200) -> Response:
    case, may = detail.case, permits(detail, asked.who)
    first = detail.decision.first_of_type if detail.decision else None
    signed = counter.store.assessors.signers_of(case.widening)
    return page(
        "widening.html",
        status,
        frame=asked.frame,
        case={"id": case.id, "name": f"{detail.row.name} {case.version}", "publisher": case.publisher},
        version=detail.version,
        base=counter.base_url,
        role=role_words(asked.who.role),
        done=_DONE.get(asked.request.query_params.get("done", ""), "") if not sent.problem else "",
        first=first,
        may=may,
        missing=tuple(map(role_words, missing_roles(case))),
        sent=sent,
        items=tuple((one.sha256, _item(one)) for one in _standing(counter, detail)),
        words=_words(detail),
        signed_by=[Person(one.name, role_words(one.role)) for one in signed],
        statement=_statement(detail, may, {one.accreditor for one in signed}, asked),
    )


def _words(detail: CaseDetail) -> tuple[str, ...]:
    if detail.case.widening is None:
        return ()
    return plain_words(read_statement(detail.case.widening.payload), touched(detail.manifest))


def _statement(detail: CaseDetail, may: Permits, signed: set[str], asked: Judging) -> Statement | None:
    """What this person has yet to sign."""
    envelope = detail.case.widening
    if envelope is None or not may.widen or asked.who.id in signed:
        return None
    return Statement(sha256(envelope.payload).hexdigest(), b64encode(envelope.to_sign).decode())


def _standing(counter: Counter, detail: CaseDetail) -> tuple[Evidence, ...]:
    """What stands in the maker's ledger today, each digest once, the newest first."""
    found = {one.sha256: one for one in counter.store.evidence.standing(detail.case.publisher, detail.case.product)}
    return tuple(sorted(found.values(), key=lambda one: (one.made, one.title), reverse=True))


def _item(one: Evidence) -> str:
    return f"{one.title} ({one.kind.replace('-', ' ')}), of {one.made:%d-%b-%Y}, SHA-256 {one.sha256[:12]}"


def _answers(first: FirstOfType, form: Mapping[str, str]) -> tuple[Answer, ...]:
    site = first.sites[0] if len(first.sites) == 1 else ""
    return tuple(
        Answer(
            number=number,
            criterion=criterion,
            site=form.get(f"site:{number}", site),
            words=form.get(f"words:{number}", "").strip(),
            evidence=form.get(f"evidence:{number}", ""),
        )
        for number, criterion in enumerate(first.exit_criteria, 1)
    )


def _shown(answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """Those that are answered. Raises CallerError where an answer is not whole."""
    told = tuple(one for one in answers if one.words or one.evidence)
    for one in told:
        if not (one.words and one.evidence and one.site):
            raise CallerError(
                f"exit criterion {one.number} is not answered whole",
                expected="where it was shown, on which evidence, and in words",
            )
    return told


def _sites(sent: Sent) -> tuple[str, ...]:
    """The further sites; none for every site. Raises CallerError: every site is chosen, and never by leaving a field empty."""
    sites = tuple(sent.sites.replace(",", " ").split())
    if sent.reach == EVERYWHERE and not sites:
        return ()
    if sent.reach == SITES and sites:
        return sites
    raise CallerError(
        "how far it goes is not said",
        expected="every hospital, or the further hospitals by their ODS codes",
        got="both" if sites else "neither" if not sent.reach else "no hospital",
    )


def _problem(fault: CallerError, detail: CaseDetail) -> str:
    """What is wrong, in a sentence or two."""
    where = fault.where if fault.where and fault.where != detail.case.id else ""
    got = f" ({fault.got})" if fault.got else ""
    told = ": ".join(one for one in (fault.message, where) if one)
    rest = "".join(
        f" {label}: {words}." for label, words in (("Expected", fault.expected), ("Remedy", fault.remedy)) if words
    )
    return f"{told[0].upper()}{told[1:]}{got}.{rest}"


def _back(detail: CaseDetail, done: str) -> Response:
    return RedirectResponse(f"/cases/{detail.case.id}/widening?done={done}", 303)
