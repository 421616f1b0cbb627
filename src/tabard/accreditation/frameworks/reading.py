"""Reading a framework's file: ours, so that whatever is wrong with it is our own fault and is told at once."""

import tomllib
from collections.abc import Iterator
from datetime import date
from typing import Any

from tabard.accreditation.frameworks.errors import BadFramework
from tabard.accreditation.frameworks.model import Bearer, Criterion, Framework, Kind, Level, Question, Trait
from tabard.decision import Role

_KEYS = {"family", "version", "prefix", "title", "effective", "until", "grace_days", "source", "licence", "told"}
_OF_SECTION = {"title", "owner", "level", "least_class", "needs", "unless", "judges"}
_OF_CRITERION = {"n", "title", "asks", "rank", "machine", *_OF_SECTION, "kind", "options", "passes", "next", "agrees"}


def read_framework(text: str, name: str) -> Framework:
    """The framework of a file `name`. What a section says of owner, level and condition holds for each criterion of it.

    Raises BadFramework.
    """
    try:
        told = tomllib.loads(text)
        _known(told, {*_KEYS, "section"}, "")
        return _framework(told)
    except (KeyError, ValueError, TypeError) as fault:
        raise BadFramework("a framework's file cannot be read", where=name, got=repr(fault)) from fault


def _framework(told: dict[str, Any]) -> Framework:
    id_ = f"{told['family']}-{told['version']}"
    effective, until = told["effective"], told.get("until")
    if type(effective) is not date or type(until) not in (date, type(None)):
        raise ValueError("effective and until are dates")
    criteria = tuple(_criteria(told.get("prefix", id_), told["section"]))
    _sound(criteria)
    return Framework(
        id=id_,
        family=told["family"],
        version=told["version"],
        title=told["title"],
        effective=effective,
        until=until,
        grace_days=told["grace_days"],
        source=told["source"],
        licence=told["licence"],
        told=tuple(told["told"]),
        criteria=criteria,
    )


def _criteria(framework: str, sections: list[dict[str, Any]]) -> Iterator[Criterion]:
    for section in sections:
        _known(section, {*_OF_SECTION, "criterion"}, section["title"])
        common = {key: section[key] for key in _OF_SECTION - {"title"} if key in section}
        for one in section["criterion"]:
            _known(one, _OF_CRITERION, one["n"])
            yield _criterion(framework, section["title"], common | one)


def _criterion(framework: str, section: str, told: dict[str, Any]) -> Criterion:
    return Criterion(
        id=f"{framework}/{told['n']}",
        title=told["title"],
        asks=told["asks"],
        level=Level(told["level"]),
        owner=Bearer(told["owner"]),
        section=section,
        least_class=told.get("least_class", 0),
        needs=tuple(Trait(one) for one in told.get("needs", ())),
        unless=tuple(Trait(one) for one in told.get("unless", ())),
        question=_question(told) if "kind" in told else None,
        rank=told.get("rank", ""),
        by_rule_alone=told.get("machine", False) is True,
        judges=tuple(Role(one) for one in told.get("judges", ())),
    )


def _question(told: dict[str, Any]) -> Question:
    return Question(
        kind=Kind(told["kind"]),
        options=tuple(told.get("options", ())),
        passes=tuple(told.get("passes", ())),
        routes=tuple(told.get("next", {}).items()),
        agrees=Trait(told["agrees"]) if "agrees" in told else None,
    )


def _sound(criteria: tuple[Criterion, ...]) -> None:
    """Each number once, each with words, and every route to a question that is there and stands further on."""
    numbers = [one.number for one in criteria]
    if len(set(numbers)) != len(numbers) or not numbers:
        raise ValueError("each number once")
    for at, one in enumerate(criteria):
        if not (one.title.strip() and one.asks.strip() and one.section.strip()):
            raise ValueError(f"{one.number} has no words")
        for answer, to in one.question.routes if one.question else ():
            if to and (to not in numbers or numbers.index(to) <= at):
                raise ValueError(f"{one.number}: the answer {answer} leads to {to}, which does not follow")


def _known(table: dict[str, Any], keys: set[str], where: str) -> None:
    if unknown := table.keys() - keys:
        raise ValueError(f"{where}: keys that are not known: {', '.join(sorted(unknown))}")
