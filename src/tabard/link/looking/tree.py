"""A message as a tree: segments, fields, repetitions, components, each with its place and the standard's name for it."""

from collections.abc import Iterator, Sequence

import msgspec

from tabard.hl7v2 import Component, Field, Message, Repetition, Segment, component_name, field_name


class Node(msgspec.Struct, frozen=True):
    """A piece of a message that holds something.

    `place` is such as "PID-3[2].4", `name` the standard's name or empty; `text` is what a leaf says, unescaped; a null
    (`""`) is told as such, for it empties what is known.
    """

    place: str
    name: str
    text: str = ""
    parts: tuple["Node", ...] = ()


def tree(message: Message) -> tuple[Node, ...]:
    """The segments of a message; of several with one name each is numbered, as in "OBX[2]"."""
    names = [segment.name for segment in message.segments]
    seen: dict[str, int] = {}
    told = []
    for segment in message.segments:
        seen[segment.name] = number = seen.get(segment.name, 0) + 1
        place = segment.name if names.count(segment.name) == 1 else f"{segment.name}[{number}]"
        told.append(Node(place, "", parts=tuple(_fields(segment, place))))
    return tuple(told)


def _fields(segment: Segment, place: str) -> Iterator[Node]:
    for n, field in enumerate(segment.fields, start=1):
        if not field.is_absent:
            known = field_name(segment.name, n)
            yield _field(field, f"{place}-{n}", known.name, known.type)


def _field(field: Field, place: str, name: str, kind: str) -> Node:
    if field.is_null:
        return Node(place, name, field.raw)
    several = field.repetitions
    if len(several) == 1:
        return _repetition(several[0], place, name, kind)
    parts = [_repetition(one, f"{place}[{n}]", name, kind) for n, one in enumerate(several, start=1)]
    return Node(place, name, parts=tuple(part for part in parts if part.text or part.parts))


def _repetition(repetition: Repetition, place: str, name: str, kind: str) -> Node:
    components = repetition.components
    if len(components) == 1:
        return _component(components[0], place, name)
    told = enumerate(components, start=1)
    parts = [_component(one, f"{place}.{n}", component_name(kind, n)) for n, one in told if not one.is_absent]
    return Node(place, name, parts=tuple(parts))


def _component(component: Component, place: str, name: str) -> Node:
    texts: Sequence[str] = (component.raw,) if component.is_null else component.subcomponents
    if len(texts) == 1:
        return Node(place, name, texts[0])
    parts = [Node(f"{place}.{n}", "", text) for n, text in enumerate(texts, start=1) if text]
    return Node(place, name, parts=tuple(parts))
