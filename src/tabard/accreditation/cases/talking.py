"""The dialogue of a case: the centre asks about a finding, an evidence item or a criterion, the maker answers to the point."""

from dataclasses import replace
from datetime import datetime

from tabard.accreditation.cases.model import Case, Remark, Side, Status
from tabard.accreditation.cases.moving import move, must_be
from tabard.accreditation.cases.steps import LONGEST, check_reason
from tabard.accreditation.cases.taking import check_taken
from tabard.accreditation.errors import BadReview, NotNow
from tabard.decision import Accreditor

CASE = "case"
"""What a remark is about that is about all of it."""

_MOST_REMARKS = 500


def refer_back(case: Case, who: Accreditor, about: str, words: str, now: datetime) -> Case:
    """The case with a question that its maker must answer; the service clock stands until every one is answered.

    A statement that was drafted is dropped, with its signatures. Raises NotNow unless it is in review or referred back,
    Barred unless the person took it on, BadReview without a reason.
    """
    must_be(case, Status.in_review, Status.referred_back, Status.signing)
    check_taken(case, who)
    check_reason(words, about or CASE)
    asked = _remark(case, about, Side.centre, who.name, words, now, is_question=True)
    return move(asked, Status.referred_back, now, statement=None, outcome=None)


def reply(case: Case, by: str, number: int, words: str, now: datetime) -> Case:
    """The case with its maker's answer to that question; with the last one it is in review again.

    Raises NotNow where there is no such open question, BadReview for an empty answer.
    """
    must_be(case, Status.referred_back)
    question = next((one for one in case.questions if one.number == number), None)
    if question is None:
        expected = ", ".join(str(one.number) for one in case.questions) or "none is open"
        raise NotNow("there is no such open question", where=case.id, expected=expected, got=str(number))
    answered = _remark(case, question.about, Side.maker, by, words, now, answers=number)
    return settle(answered, now)


def settle(case: Case, now: datetime) -> Case:
    """The case in review again, once every question is answered and no rule fails; what fails is mended by a next version."""
    is_content = case.report is not None and not case.report.failing
    if case.status is Status.referred_back and not case.questions and is_content:
        return move(case, Status.in_review, now)
    return case


def say(case: Case, by: str, side: Side, about: str, words: str, now: datetime) -> Case:
    """The case with a remark that asks nothing. Raises BadReview for an empty one."""
    return _remark(case, about, side, by, words, now)


def _remark(
    case: Case,
    about: str,
    side: Side,
    by: str,
    words: str,
    now: datetime,
    *,
    is_question: bool = False,
    answers: int | None = None,
) -> Case:
    flat = " ".join(words.split())
    if not flat or len(flat) > LONGEST or len(case.remarks) >= _MOST_REMARKS:
        raise BadReview("this cannot be said in a case", where=case.id, expected=f"1 to {LONGEST} characters")
    place = " ".join(about.split())[:200] or CASE
    number = len(case.remarks) + 1
    one = Remark(number, place, side, by, now, flat, is_question=is_question, answers=answers)
    return replace(case, remarks=(*case.remarks, one))
