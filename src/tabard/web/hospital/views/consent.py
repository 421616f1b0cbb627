"""What an app asks for, as choices in plain words; and what was chosen, as scopes. Pure.

Source: SMART App Launch 2.2, "Scopes", "Finer-grained resource constraints using search parameters"; HL7 terminology,
observation-category, condition-category.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from tabard.fhir.scopes import ANY_TYPE, ResourceScope, Scopes
from tabard.product import Context, touch

_OBSERVATION = "http://terminology.hl7.org/CodeSystem/observation-category"
_CONDITION = "http://terminology.hl7.org/CodeSystem/condition-category"
_KINDS = {
    "Observation": (
        (_OBSERVATION, "vital-signs", "vital signs, such as blood pressure"),
        (_OBSERVATION, "laboratory", "laboratory results"),
        (_OBSERVATION, "social-history", "social history, such as smoking"),
        (_OBSERVATION, "survey", "answers to questionnaires"),
        (_OBSERVATION, "imaging", "imaging"),
        (_OBSERVATION, "exam", "findings at an examination"),
    ),
    "Condition": (
        (_CONDITION, "problem-list-item", "the problem list"),
        (_CONDITION, "encounter-diagnosis", "diagnoses of a visit"),
        ("http://hl7.org/fhir/us/core/CodeSystem/condition-category", "health-concern", "health concerns"),
    ),
}
_IDENTITY = ("openid", "fhirUser", "profile")
_STAYING = ("online_access", "offline_access")
_ME = "me"


@dataclass(frozen=True, slots=True)
class Kind:
    """A part of a choice: to take it alone limits the choice to it."""

    name: str
    words: str
    scope: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to be taken or left, by the `name` of its box. `kinds` limit it; `is_other` goes by another box too."""

    name: str
    words: str
    scope: str
    kinds: tuple[Kind, ...] = ()
    is_other: bool = False


def choices(asked: Scopes, served: tuple[str, ...]) -> tuple[Choice, ...]:
    """The boxes of the page, in a stable order.

    A scope on every type is a box for each type that is `served` here and has words of its own, and one for the rest; each of
    the rest has a box too, which counts where that one is left.
    """
    resources = tuple(
        Choice(box.name, _words(box.scope), str(box.scope), tuple(_kinds(box)), box.is_rest)
        for box in _boxes(asked, served)
    )
    me = [word for word in asked.words if word in _IDENTITY]
    stays = [word for word in asked.words if word in _STAYING]
    identity = (Choice(_ME, touch(me[0], Context.patient).words, " ".join(me)),) if me else ()
    words = tuple(Choice(word, touch(word, Context.patient).words, word) for word in stays)
    return (*resources, *_rests(asked, served), *identity, *words)


def chosen(asked: Scopes, served: tuple[str, ...], form: Mapping[str, str]) -> Scopes:
    """What the boxes that came back say. Nothing that was not asked for can come of them."""
    taken = [scope for box in _boxes(asked, served) for scope in _taken(box, form)]
    covered = [of for of in asked.resources if of.type == ANY_TYPE and _is_whole(of, asked, served, taken)]
    spared = {box.scope for box in _boxes(asked, served) if box.of in covered}
    kept = tuple(dict.fromkeys((*covered, *(scope for scope in taken if scope not in spared))))
    left = {*(_IDENTITY if _ME not in form else ()), *(word for word in _STAYING if word not in form)}
    return Scopes(kept, tuple(word for word in asked.words if word not in left))


@dataclass(frozen=True, slots=True)
class _Box:
    """A box over a scope: the scope that was asked (`of`), and what the box stands for. `rest` is the box it also goes by."""

    name: str
    of: ResourceScope
    scope: ResourceScope
    rest: str = ""

    @property
    def is_rest(self) -> bool:
        """Whether it is one of many that go by one box."""
        return bool(self.rest)


def _taken(box: _Box, form: Mapping[str, str]) -> list[ResourceScope]:
    if box.name not in form:
        return [box.scope] if box.rest in form else []
    return [limited for kind, limited in _limited(box) if kind.name in form] or [box.scope]


def _is_whole(of: ResourceScope, asked: Scopes, served: tuple[str, ...], taken: list[ResourceScope]) -> bool:
    """Whether every box of a scope on every type was taken, unlimited: then it is given as it was asked."""
    return all(box.scope in taken for box in _boxes(asked, served) if box.of == of)


def _rests(asked: Scopes, served: tuple[str, ...]) -> Iterator[Choice]:
    counted = Counter((box.rest, box.of) for box in _boxes(asked, served) if box.is_rest)
    for (name, of), number in counted.items():
        verb = touch(str(replace(of, asked="")), Context.patient).words.partition(" everything")[0]
        yield Choice(name, f"{verb} everything else: {number} further kinds of information, listed below.", str(of))


def _boxes(asked: Scopes, served: tuple[str, ...]) -> Iterator[_Box]:
    for number, of in enumerate(asked.resources):
        if of.type != ANY_TYPE:
            yield _Box(f"s{number}", of, of)
            continue
        for kind in served:
            scope = replace(of, type=kind)
            yield _Box(f"s{number}-{kind}", of, scope, f"s{number}-rest" if _is_other(scope) else "")


def _kinds(box: _Box) -> Iterator[Kind]:
    return (kind for kind, _ in _limited(box))


def _limited(box: _Box) -> Iterator[tuple[Kind, ResourceScope]]:
    """The parts of a box that can be taken alone; none where the app asked for a part itself."""
    if box.scope.search:
        return
    for system, code, words in _KINDS.get(box.scope.type, ()):
        limited = replace(box.scope, search=(("category", f"{system}|{code}"),))
        yield Kind(f"{box.name}.{code}", words, str(limited)), limited


def _words(scope: ResourceScope) -> str:
    told = touch(str(replace(scope, search=(), asked="")), Context.patient).words
    if not scope.search:
        return told
    known = {f"{system}|{code}": words for kinds in _KINDS.values() for system, code, words in kinds}
    limits = " and ".join(known.get(value, value) for _, value in scope.search)
    return f"{told.rstrip('.')}: only {limits}."


def _is_other(scope: ResourceScope) -> bool:
    return "of the kind “" in _words(scope)
