"""What an app asks for, as choices in plain words; and what was chosen, as scopes. Pure.

Source: SMART App Launch 2.2, "Scopes", "Finer-grained resource constraints using search parameters"; HL7 terminology,
observation-category, condition-category.
"""

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
    """Something to be taken or left, by the `name` of its box. `kinds` limit it; `is_other` stands further down the page."""

    name: str
    words: str
    scope: str
    kinds: tuple[Kind, ...] = ()
    is_other: bool = False


def choices(asked: Scopes, served: tuple[str, ...]) -> tuple[Choice, ...]:
    """The boxes of the page, in a stable order. A scope on every type is a box for each type that is `served` here."""
    resources = tuple(
        Choice(name, _words(scope), str(scope), tuple(_kinds(name, scope)), _is_other(scope))
        for name, _, scope in _boxes(asked, served)
    )
    me = [word for word in asked.words if word in _IDENTITY]
    stays = [word for word in asked.words if word in _STAYING]
    identity = (Choice(_ME, touch(me[0], Context.patient).words, " ".join(me)),) if me else ()
    return (*resources, *identity, *(Choice(word, touch(word, Context.patient).words, word) for word in stays))


def chosen(asked: Scopes, served: tuple[str, ...], form: Mapping[str, str]) -> Scopes:
    """What the boxes that came back say. Nothing that was not asked for can come of them."""
    taken: list[ResourceScope] = []
    whole: dict[ResourceScope, bool] = {}
    for name, of, scope in _boxes(asked, served):
        parts = [limited for kind, limited in _limited(name, scope) if kind.name in form]
        whole[of] = whole.get(of, True) and name in form and not parts
        taken += parts if name in form and parts else [scope] if name in form else []
    resources = [of for of, is_whole in whole.items() if is_whole and of.type == ANY_TYPE]
    covered = {scope for of in resources for _, its, scope in _boxes(asked, served) if its == of}
    words = {word for word in asked.words if (word in _IDENTITY and _ME in form) or (word in _STAYING and word in form)}
    words |= {word for word in asked.words if word not in (*_IDENTITY, *_STAYING)}
    kept = tuple(dict.fromkeys((*resources, *(one for one in taken if one not in covered))))
    return Scopes(kept, tuple(word for word in asked.words if word in words))


def _boxes(asked: Scopes, served: tuple[str, ...]) -> Iterator[tuple[str, ResourceScope, ResourceScope]]:
    """Name of each box, the scope that was asked, and what the box stands for."""
    for number, scope in enumerate(asked.resources):
        if scope.type != ANY_TYPE:
            yield f"s{number}", scope, scope
        else:
            for kind in served:
                yield f"s{number}-{kind}", scope, replace(scope, type=kind)


def _kinds(name: str, scope: ResourceScope) -> Iterator[Kind]:
    return (kind for kind, _ in _limited(name, scope))


def _limited(name: str, scope: ResourceScope) -> Iterator[tuple[Kind, ResourceScope]]:
    """The parts of a box that can be taken alone; none where the app asked for a part itself."""
    if scope.search:
        return
    for system, code, words in _KINDS.get(scope.type, ()):
        limited = replace(scope, search=(("category", f"{system}|{code}"),))
        yield Kind(f"{name}.{code}", words, str(limited)), limited


def _words(scope: ResourceScope) -> str:
    told = touch(str(replace(scope, search=(), asked="")), Context.patient).words
    if not scope.search:
        return told
    known = {f"{system}|{code}": words for kinds in _KINDS.values() for system, code, words in kinds}
    limits = " and ".join(known.get(value, value) for _, value in scope.search)
    return f"{told.rstrip('.')}: only {limits}."


def _is_other(scope: ResourceScope) -> bool:
    return "of the kind “" in _words(scope)
