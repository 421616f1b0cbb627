"""Messages of the journal in words for people, and what somebody looks for among them. Pure."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tabard.fhir import Resource, encode
from tabard.link import Asked, Explained, Inspected, Line, Node
from tabard.web.design.times import UK, When, when
from tabard.web.hospital.views.reasons import flag_words, reason_words, sentence

STATES = ("waiting", "applied", "no_effect", "parked", "refused", "duplicate")
_STATE_WORDS = {"no_effect": "No effect"}
_VERB_WORDS = {
    "replay": "Applied again",
    "release": "Tried again",
    "settle": "Set aside",
    "same_person": "Said to be about a patient who was known",
    "new_person": "Said to be about somebody who was not known",
    "reject": "Said to have no effect",
    "withdraw": "What was said of whom it is about was withdrawn",
}
_DECISION_WORDS = {
    "same_person": "It is about a patient who was known",
    "new_person": "It is about somebody who was not known",
    "reject": "It is to have no effect",
}
_EVENT = re.compile(r"[A-Z0-9]{3}(\^[A-Z0-9]{3})?")
_LONGEST = 200
_ABOUT_NOBODY = frozenset({"Location", "Organization", "Practitioner"})


@dataclass(frozen=True, slots=True)
class Message:
    """One message: what became of it and why, and what was noticed on reading it."""

    seq: int
    link: str
    received: When
    event: str
    control_id: str
    state: str
    tag: str
    colour: str
    reason: str
    detail: str
    remedy: str
    remarks: tuple[str, ...]


_COLOURS = {"applied": "green", "waiting": "blue", "no_effect": "grey", "parked": "orange", "refused": "red"}


def message(line: Line) -> Message:
    """A line of the journal."""
    return Message(
        seq=line.seq,
        link=line.link,
        received=when(line.received),
        event=line.event or "not readable",
        control_id=line.control_id,
        state=line.state,
        tag=state_words(line.state) if not _is_held(line) else "Held",
        colour=_COLOURS.get(line.state, "grey"),
        reason=reason_words(line.reason) if line.reason else "",
        detail=sentence(line.detail or ""),
        remedy=sentence(line.remedy or ""),
        remarks=tuple(map(flag_words, line.flags)),
    )


def state_words(state: str) -> str:
    """`No effect` for `no_effect`."""
    return _STATE_WORDS.get(state, state.capitalize())


def verb_words(verb: str) -> str:
    """What a person had done with a message: `Applied again` for `replay`."""
    return _VERB_WORDS.get(verb, verb.capitalize())


def decision_words(kind: str) -> str:
    """What stands as decided of whom a message is about."""
    return _DECISION_WORDS.get(kind, kind)


def ways(line: Line) -> tuple[str, ...]:
    """What a person may have done with the message: `replay`, `release`, `park`."""
    if _is_held(line):
        return ("release", "park")
    return ("replay",) if line.state in {"applied", "no_effect", "parked"} else ()


def is_in_turn(line: Line) -> bool:
    """Whether the message waits for nothing but its turn."""
    return line.state == "waiting" and not _is_held(line)


def _is_held(line: Line) -> bool:
    return line.state == "waiting" and line.reason is not None


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for: `typed` are the fields of the form as they stand in it, `problems` what is wrong by field."""

    asked: Asked
    typed: Mapping[str, str]
    problems: Mapping[str, str]


def understand(fields: Mapping[str, str]) -> Sought:
    """The search that a form's fields ask for; a field that says nothing usable is a problem and not searched by."""
    typed = {name: fields.get(name, "").strip()[:_LONGEST] for name in ("link", "state", "event", "id", "from", "to")}
    problems: dict[str, str] = {}
    if typed["event"] and not _EVENT.fullmatch(typed["event"].upper()):
        problems["event"] = "Write a message such as ADT, or ADT^A01."
    if typed["state"] and typed["state"] not in STATES:
        problems["state"] = "Choose one of the states."
    begin, end = _day(typed["from"], "from", problems), _day(typed["to"], "to", problems, ends=True)
    asked = Asked(
        link=typed["link"] or None,
        state=None if "state" in problems or not typed["state"] else typed["state"],
        event=None if "event" in problems else typed["event"].upper() or None,
        control_id=typed["id"] or None,
        received_from=begin,
        received_to=end,
    )
    return Sought(asked, typed, problems)


def _day(text: str, name: str, problems: dict[str, str], *, ends: bool = False) -> datetime | None:
    """When a day begins here, or when it ends."""
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text) + timedelta(days=int(ends)), time(), UK)
    except (ValueError, OverflowError):
        problems[name] = "Write a day such as 2026-11-22."
        return None


@dataclass(frozen=True, slots=True)
class Row:
    """One piece of a message: how deep it stands, its place, its name, what it says."""

    depth: int
    place: str
    name: str
    text: str
    made: str
    """What of the FHIR it made, such as "Patient.birthDate"."""


@dataclass(frozen=True, slots=True)
class Why:
    """One element of a resource: its value, the fields that made it, and by what rule."""

    element: str
    value: str
    fields: str
    rule: str


@dataclass(frozen=True, slots=True)
class Told:
    """One resource that the dialect makes of the message; `says` tells it from its like."""

    name: str
    says: str
    is_open: bool
    """Whether it is shown at once: the first that is about the patient."""
    json: str
    elements: tuple[Why, ...]


def rows(found: Inspected) -> tuple[Row, ...]:
    """The message's tree, flat, each piece with the elements that it made."""
    made: dict[str, list[str]] = {}
    for one in found.elements:
        for field in one.fields:
            made.setdefault(field, []).append(f"{one.resource.partition('/')[0]}.{one.element}")
    return tuple(row for node in found.tree for row in _rows(node, 0, made))


def _rows(node: Node, depth: int, made: Mapping[str, list[str]]) -> Iterator[Row]:
    yield Row(depth, node.place, node.name, node.text, ", ".join(made.get(node.place, ())))
    for part in node.parts:
        yield from _rows(part, depth + 1, made)


def resources(found: Inspected) -> tuple[Told, ...]:
    """What the dialect makes of the message, resource by resource, and why; explanations number them by type, in order."""
    told: list[Told] = []
    counts: Counter[str] = Counter()
    for resource in found.resources:
        kind = resource["resourceType"]
        counts[kind] += 1
        name = f"{kind}/{counts[kind]}"
        elements = tuple(_why(one) for one in found.elements if one.resource == name)
        is_open = kind not in _ABOUT_NOBODY and not any(one.is_open for one in told)
        told.append(Told(name, _says(resource), is_open, _pretty(encode(resource)), elements))
    return tuple(told)


def _says(resource: Resource) -> str:
    """What is coded, or the name of a place or of an organization."""
    code, name = resource.get("code"), resource.get("name")
    if isinstance(code, dict):
        shown = [coding.get("display") for coding in code.get("coding", ())]
        return str(next(filter(None, [code.get("text"), *shown]), ""))
    return name if isinstance(name, str) else ""


def _why(one: Explained) -> Why:
    return Why(one.element, _value(one.value), ", ".join(one.fields), one.rule)


def _pretty(content: bytes) -> str:
    return json.dumps(json.loads(content, parse_float=str), indent=2, ensure_ascii=False)


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
