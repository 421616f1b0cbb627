"""Walking the questions of a form: which are asked, given the answers so far, and which the form's routes pass by."""

from collections.abc import Mapping
from dataclasses import dataclass

from tabard.accreditation.frameworks.model import Criterion, Framework, Kind, Question, Trait

_ANSWERS = {
    Kind.yes_or_no: ("yes", "no"),
    Kind.provided: ("provided", "not provided"),
    Kind.confirmed: ("confirmed", "unable"),
}
_ANY = "*"


@dataclass(frozen=True, slots=True)
class Walk:
    """Where the answers lead: the criteria asked, in order, and for each that is passed by, whose answer did so."""

    asked: tuple[str, ...]
    passed_by: tuple[tuple[str, str], ...]


def answers_of(question: Question) -> tuple[str, ...]:
    """What may be answered; () for a text of one's own."""
    return question.options or _ANSWERS.get(question.kind, ())


def walk(framework: Framework, answers: Mapping[str, str]) -> Walk:
    """Where these answers (by number) lead. Where one is not given yet every way from there stays open: nothing is passed by for it.

    A framework without questions asks everything.
    """
    order = [one.number for one in framework.criteria]
    by_number = {one.number: one for one in framework.criteria}
    reached, open_ = set[str](), order[:1]
    while open_:
        number = open_.pop()
        if number not in reached:
            reached.add(number)
            open_ += [to for to in _next(by_number[number], answers.get(number), _follower(order, number)) if to]
    gone = [one for one in framework.criteria if one.number not in reached]
    return Walk(
        tuple(one.id for one in framework.criteria if one.number in reached),
        tuple((one.id, _why(framework, reached, answers, one.number)) for one in gone),
    )


def contradictions(framework: Framework, answers: Mapping[str, str], traits: frozenset[Trait]) -> tuple[str, ...]:
    """Where a maker answers yes or no otherwise than its own product shows, in sentences."""
    found = []
    for one in framework.criteria:
        shown = one.question.agrees if one.question else None
        if shown and one.number in answers and (answers[one.number] == "yes") != (shown in traits):
            is_so = "is" if shown in traits else "is not"
            found.append(
                f"{one.id}: the answer is {answers[one.number]}, but by its manifest the product {is_so} of {shown}"
            )
    return tuple(found)


def _next(one: Criterion, answer: str | None, follower: str) -> list[str]:
    routes = dict(one.question.routes) if one.question else {}
    if answer is None:
        ways = (
            [routes.get(each, routes.get(_ANY, follower)) for each in answers_of(one.question)] if one.question else []
        )
        return ways or [routes.get(_ANY, follower)]
    return [routes.get(answer, routes.get(_ANY, follower))]


def _follower(order: list[str], number: str) -> str:
    at = order.index(number) + 1
    return order[at] if at < len(order) else ""


def _why(framework: Framework, reached: set[str], answers: Mapping[str, str], number: str) -> str:
    """The last answer before it that leads on beyond it."""
    order = [one.number for one in framework.criteria]
    before = [one for one in framework.criteria[: order.index(number)] if one.number in reached and one.question]
    for one in reversed(before):
        answer = answers.get(one.number)
        if answer is not None and one.question and one.question.routes:
            return f"{one.number} was answered “{answer}”, and the form goes on from there to another question"
    return "the form does not lead to it"
