"""What an assessor does to a case by a form; each leads back to the page of the case."""

import binascii
from base64 import b64decode
from datetime import date
from hashlib import sha256

from starlette.responses import RedirectResponse, Response

from tabard.accreditation import NotNow, Status, Terms
from tabard.decision import Condition, FirstOfType, Owner
from tabard.ground.dsse import Envelope
from tabard.ground.errors import CallerError
from tabard.web.store.counter import Counter
from tabard.web.store.guard import Judging
from tabard.web.store.standings import standings_of
from tabard.web.store.waiting import waiting_words, waits_of

_FIRST = "Judge what waits for you, have the others judge theirs, refer it back, or refuse it."


def review(counter: Counter, asked: Judging) -> Response:
    """Put this person's word in the place of what a rule could not assess."""
    form = asked.form
    rule, reason = form.get("rule", ""), form.get("reason", "").strip()
    counter.store.review(_case(asked), asked.who, rule, reason, place=form.get("place", ""), seen=seen_of(asked))
    return _back(asked, "reviewed")


def draft(counter: Counter, asked: Judging) -> Response:
    """Write the decision that all will sign; while criteria keep it, it is refused in the words of the page."""
    detail = counter.store.case(_case(asked))
    waits = waits_of(standings_of(counter, detail, counter.today, who=asked.who).criteria)
    if waits:
        raise NotNow("criteria keep it from a decision", got=waiting_words(waits), remedy=_FIRST)
    conditions = tuple(Condition("", line) for line in _lines(asked, "conditions"))
    sites, exits = _words(asked, "sites"), _lines(asked, "exit_criteria")
    terms = Terms(
        months=_number(asked.form.get("months", ""), "months"),
        conditions=conditions,
        first_of_type=FirstOfType(sites, exits) if sites or exits else None,
    )
    counter.store.draft(_case(asked), asked.who, terms, seen=seen_of(asked))
    return _back(asked, "drafted")


def sign(counter: Counter, asked: Judging) -> Response:
    """Add a signature that was made in the browser, by whichever key of this person's made it."""
    signature, digest = _signature(asked.form.get("signature", "")), asked.form.get("statement", "")
    before = counter.store.case(_case(asked)).case
    statement = next((one for one in (before.widening, before.statement) if one and _digest(one) == digest), None)
    to_sign = statement.to_sign if statement else b""
    keyid = next((key.keyid for key in asked.who.keys if key.is_signed(to_sign, signature)), None)
    if keyid is None:
        raise CallerError(
            "this signature is by none of your keys, or over another statement",
            remedy="choose the key whose public half was enrolled for you, and sign what stands here now",
        )
    after = counter.store.sign(_case(asked), asked.who, keyid, signature, digest).case
    return _back(asked, "widened" if before.widening and not after.widening else "signed")


def assign(counter: Counter, asked: Judging) -> Response:
    """Take the case on, or say what keeps this person from it."""
    counter.store.assign(
        _case(asked), asked.who, asked.form.get("conflicts", "").strip() or "none", seen=seen_of(asked)
    )
    return _back(asked, "assigned")


def refer_back(counter: Counter, asked: Judging) -> Response:
    """Ask the maker what must be answered."""
    about, words = asked.form.get("about", "").strip(), asked.form.get("words", "").strip()
    counter.store.refer_back(_case(asked), asked.who, about, words, seen=seen_of(asked))
    return _back(asked, "referred-back")


def refuse(counter: Counter, asked: Judging) -> Response:
    """Write the refusal that all will sign, one ground a line."""
    counter.store.draft(_case(asked), asked.who, Terms(grounds=_lines(asked, "grounds")), seen=seen_of(asked))
    return _back(asked, "refused")


def recheck(counter: Counter, asked: Judging) -> Response:
    """Have the rules run once more."""
    counter.store.recheck(_case(asked), asked.who, seen=seen_of(asked))
    return _back(asked, "rechecked")


def reopen(counter: Counter, asked: Judging) -> Response:
    """Drop the statement, and review on."""
    counter.store.reopen(_case(asked), asked.who, seen=seen_of(asked))
    return _back(asked, "reopened")


def add_condition(counter: Counter, asked: Judging) -> Response:
    """Set one more condition of the decision, with its owner and, where it has one, its last day."""
    form = asked.form
    text, owner, due = form.get("text", ""), _owner(form.get("owner", "")), _day(form.get("due", "").strip())
    counter.store.add_condition(_case(asked), asked.who, text, owner, due, seen=seen_of(asked))
    return _back(asked, "condition")


def drop_condition(counter: Counter, asked: Judging) -> Response:
    """Take a condition away again."""
    counter.store.drop_condition(_case(asked), asked.who, asked.form.get("condition", ""), seen=seen_of(asked))
    return _back(asked, "condition-dropped")


def meet(counter: Counter, asked: Judging) -> Response:
    """See a condition met: how, and on what evidence."""
    form = asked.form
    condition, words, evidence = (form.get(name, "").strip() for name in ("condition", "words", "evidence"))
    counter.store.meet(_case(asked), asked.who, condition, words, evidence, seen=seen_of(asked))
    return _back(asked, "condition-met")


def suspend(counter: Counter, asked: Judging) -> Response:
    """Have the version listed no more, at once."""
    counter.store.suspend(_case(asked), asked.who, asked.form.get("reason", ""), seen=seen_of(asked))
    return _back(asked, "suspended")


def reinstate(counter: Counter, asked: Judging) -> Response:
    """Say that it may be listed again; the second person's word lists it."""
    after = counter.store.reinstate(_case(asked), asked.who, asked.form.get("reason", ""), seen=seen_of(asked))
    return _back(asked, "reinstated" if after.case.status is Status.published else "reinstating")


def _owner(text: str) -> Owner:
    if text not in Owner.__members__:
        raise CallerError("nobody is named whose condition it is", where="owner", expected=" or ".join(Owner))
    return Owner(text)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as fault:
        raise CallerError("this is no day", where="due", expected="such as 2027-03-31", got=text[:20]) from fault


def _words(asked: Judging, name: str) -> tuple[str, ...]:
    return tuple(asked.form.get(name, "").replace(",", " ").split())


def _lines(asked: Judging, name: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in asked.form.get(name, "").splitlines() if line.strip())


def _case(asked: Judging) -> str:
    return str(asked.request.path_params["case"])


def seen_of(asked: Judging) -> int:
    """The version of the case that this person looked at. Raises CallerError."""
    return _number(asked.form.get("seen", ""), "seen")


def _digest(statement: Envelope) -> str:
    return sha256(statement.payload).hexdigest()


def _number(text: str, where: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):  # noqa: PLR2004  digits of a number that fits
        raise CallerError("this is no whole number", where=where, expected="such as 12", got=text[:20])
    return int(text)


def _signature(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except binascii.Error as fault:
        raise CallerError("the signature cannot be read", expected="base64", remedy="sign again on the page") from fault


def _back(asked: Judging, done: str) -> Response:
    return RedirectResponse(f"/cases/{_case(asked)}?done={done}", 303)
