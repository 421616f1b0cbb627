"""Judging criteria from a terminal: what waits for whom, and one word for one criterion or for all that wait for you."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Any

import typer

from tabard.cli.accredit_options import At, Key, One, Reason, case_id
from tabard.cli.as_json import AsJson, tell_json
from tabard.cli.passphrase import read_key
from tabard.cli.terminal import line
from tabard.ground.errors import CallerError
from tabard.store.asking import StoreAt, Told

_MOST_AT_ONCE = 300
_ON_CONDITION = "met_with_conditions"
_WAITING = {"done": "met", "exempt": "not_applicable"}
"""The word that agrees with a maker's."""


class Word(StrEnum):
    """What an assessor may say of a criterion."""

    met = "met"
    met_with_conditions = "met_with_conditions"
    not_met = "not_met"
    not_applicable = "not_applicable"


def criteria(
    case: One,
    *,
    at: At,
    key: Key,
    framework: Annotated[str, typer.Option(metavar="ID", help="Of this framework alone.")] = "",
    waiting: Annotated[bool, typer.Option("--waiting", help="Only what holds the decision up.")] = False,
    as_json: AsJson = False,
) -> None:
    """How each criterion stands, what holds the decision up, and for whose word it waits."""
    with StoreAt(at, read_key(key)) as store:
        told = store.standings(case_id(store, case))
    found = [one for one in told["criteria"] if _is_of(one, framework) and (one["holds_up"] or not waiting)]
    if as_json:
        tell_json({**told, "criteria": found})
        return
    for one in found:
        line(_row(one))
    for words in _in_all(told):
        line(words)


def judge(  # noqa: PLR0913  an option each
    case: One,
    *,
    at: At,
    key: Key,
    reason: Reason,
    status: Annotated[Word | None, typer.Option(help="Your word; with --waiting it may be left out.")] = None,
    criterion: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="A criterion, such as dtac-2.0/C3.1; may be given again.")
    ] = None,
    condition: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="On which condition of the case; may be given again.")
    ] = None,
    waiting: Annotated[
        bool,
        typer.Option("--waiting", help="Agree with the maker in all that waits for your role: done, or exempt."),
    ] = False,
    todo: Annotated[
        str | None,
        typer.Option(metavar="CONDITION", help="All that the maker has still to do is met with that condition."),
    ] = None,
    framework: Annotated[str, typer.Option(metavar="ID", help="With --waiting or --todo: of this one alone.")] = "",
    as_json: AsJson = False,
) -> None:
    """Give your word on criteria that your role judges: one of --criterion, --waiting and --todo.

    It is about what stands beside them when this begins: what changes meanwhile is refused, and judged anew.
    """
    _check_asked(status, criterion, condition, todo, waiting=waiting)
    with StoreAt(at, read_key(key)) as store:
        found = case_id(store, case)
        before = store.standings(found)
        words = {str(status): tuple(criterion)} if criterion and status else _chosen(before, todo, framework)
        if status and not criterion:
            words = {word: ids for word, ids in words.items() if word == status}
        on = (todo,) if todo is not None else tuple(condition or ())
        bases = {one["criterion"]: one["basis"] for one in before["criteria"]}
        told: Told = {}
        for word, ids in words.items():
            for at_ in range(0, len(ids), _MOST_AT_ONCE):
                some = ids[at_ : at_ + _MOST_AT_ONCE]
                beside = {one: bases[one] for one in some if one in bases}
                told = store.judge(found, some, word, reason, on if word == _ON_CONDITION else (), beside)
        after = store.standings(found)
    judged = {word: len(ids) for word, ids in words.items()}
    if as_json:
        tell_json({"judged": judged, "next": told.get("next", ""), "criteria": _counts(after["criteria"])})
        return
    line(f"Judged: {', '.join(f'{n} {_said(word)}' for word, n in judged.items())}." if told else _nothing(after))
    for each in _in_all(after):
        line(each)


COMMANDS: tuple[Callable[..., None], ...] = (criteria, judge)


def _check_asked(
    status: Word | None, criterion: list[str] | None, condition: list[str] | None, todo: str | None, *, waiting: bool
) -> None:
    if sum((bool(criterion), waiting, todo is not None)) != 1:
        raise CallerError("one thing at a time", expected="one of --criterion, --waiting and --todo")
    if criterion and status is None:
        raise CallerError("a criterion is judged by a word", expected="--status", remedy=f"one of {', '.join(Word)}")
    if waiting and status not in (None, *_WAITING.values()):
        raise CallerError(
            "with --waiting you agree with the maker", expected=" or ".join(_WAITING.values()), got=str(status)
        )
    if todo is not None and status not in (None, Word.met_with_conditions):
        raise CallerError("with --todo you say met with that condition", expected=_ON_CONDITION, got=str(status))
    if condition and not criterion:
        raise CallerError("a condition goes with --criterion", remedy="with --todo, name it there")


def _chosen(told: Told, todo: str | None, framework: str) -> dict[str, tuple[str, ...]]:
    """By word: the criteria that wait for the asker's role, as far as the maker's own word says which word it is."""
    mine = [one for one in told["criteria"] if told["role"] in one["judges"] and _is_of(one, framework)]
    if todo is not None:
        ids = tuple(one["criterion"] for one in mine if one["waits_for"] == "condition" and one["claim"] == "todo")
        return {_ON_CONDITION: ids} if ids else {}
    waiting = [one for one in mine if one["waits_for"] == "judgement"]
    chosen = {
        word: tuple(one["criterion"] for one in waiting if one["claim"] == claim) for claim, word in _WAITING.items()
    }
    return {word: ids for word, ids in chosen.items() if ids}


def _is_of(one: Mapping[str, Any], framework: str) -> bool:
    """Whether it is of that framework, told by its id, `dtac-2.0`, or by what stands before the slash."""
    return not framework or str(one["criterion"]).partition("/")[0] in (framework, framework.rpartition("-")[0])


def _row(one: Mapping[str, Any]) -> str:
    waits = f"; waits for {_whom(one)}" if one["holds_up"] else ""
    claim = f" [the maker says {one['claim']}]" if one["claim"] else ""
    return f"{one['status']:<20} {one['criterion']}  {one['title']}{claim}: {'; '.join(one['because'])}{waits}"


def _whom(one: Mapping[str, Any]) -> str:
    if one["waits_for"] == "maker":
        return "the maker"
    if one["waits_for"] == "review":
        return "a review of what no rule could assess"
    what = "a condition by" if one["waits_for"] == "condition" else "the word of"
    return f"{what} {' or '.join(one['judges'])}"


def _in_all(told: Told) -> Iterable[str]:
    """How many stand how, and for whom those wait that hold the decision up."""
    counts = _counts(told["criteria"])
    yield f"{len(told['criteria'])} criteria: {', '.join(f'{n} {_said(word)}' for word, n in counts.items())}."
    waiting = Counter(_whom(one) for one in told["criteria"] if one["holds_up"])
    yield from (f"  {number} that must be met wait for {whom}" for whom, number in waiting.most_common())
    if not waiting:
        yield "Every criterion that must be met is met: the decision may be drafted."


def _counts(criteria: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    return dict(Counter(str(one["status"]) for one in criteria))


def _said(word: str) -> str:
    return word.replace("_", " ")


def _nothing(told: Told) -> str:
    return f"Nothing waits for the word of {_said(str(told['role']))} on which the maker has said so."
