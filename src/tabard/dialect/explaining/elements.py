"""Elements: a translation as values at paths, and which of them another translation of nearly the same message changes."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from tabard.dialect.model import Translation
from tabard.fhir.json import Resource, encode

Place = tuple[str, str]
"""A resource, such as "Encounter/1", and an element in it, such as "period.start"."""

Named = dict[str, Resource]
"""Resources by their names in an explanation."""

MESSAGE = "Message/1"


def named(translation: Translation) -> Named:
    """The resources of a translation, each by its type and its place among those of its type; the message's times first."""
    told: Named = {MESSAGE: _of_message(translation)}
    counts: dict[str, int] = {}
    for part in (translation, *translation.also):
        for draft in part.drafts:
            kind = draft.resource["resourceType"]
            counts[kind] = counts.get(kind, 0) + 1
            told[f"{kind}/{counts[kind]}"] = draft.resource
    return told


def _of_message(translation: Translation) -> Resource:
    told: Resource = {"event": str(translation.event)}
    for name, at in (("occurred", translation.occurred), ("recorded", translation.recorded)):
        if at is not None:
            told[name] = at.isoformat()
    for name, kind, ids in (
        ("prior_patient", "Patient", (translation.prior_patient_id,)),
        ("visit", "Encounter", (translation.visit_id,)),
        ("prior_visit", "Encounter", translation.prior_visit_ids),
    ):
        if any(ids):
            told[name] = [{"reference": f"{kind}/{id_}"} for id_ in ids]
    return told


def values(told: Named) -> Iterator[tuple[Place, Any]]:
    """Each value; ids and references are told by the resources' names, or as of the record where the message tells no more."""
    names = {f"{one['resourceType']}/{one['id']}": name for name, one in told.items() if name != MESSAGE}
    for name, resource in told.items():
        for element, value in _leaves(resource, ""):
            shown = value
            if element == "id":
                shown = name
            elif element.endswith("reference"):
                shown = names.get(value, f"{value.partition('/')[0]} of the record")
            yield (name, element), shown


def changed(before: Named, after: Named, *, is_gone_told: bool = True) -> set[Place]:
    """The places of `before` whose values are others in `after`, or not there; none of a resource that is gone.

    Where `is_gone_told` is False, none either of an element that is gone with all that was in it.
    """
    found: set[Place] = set()
    for name, old, new in _pairs(before, after):
        if old != new:
            found.update((name, element) for element in _differing(old, new, "", is_gone_told=is_gone_told))
    return found


def _pairs(before: Named, after: Named) -> Iterator[tuple[str, Resource, Resource]]:
    """Each resource beside what became of it: the one of the same id, else the next of its type that is left over."""
    left = {_key(one): one for one in after.values()}
    matched = {name: left.pop(_key(one)) for name, one in before.items() if _key(one) in left}
    for name, one in before.items():
        if name in matched:
            yield name, one, matched[name]
            continue
        kind = one.get("resourceType")
        key = next((key for key in left if key[0] == kind), None)
        if key is not None:
            yield name, one, left.pop(key)


def _key(resource: Resource) -> tuple[Any, Any]:
    return resource.get("resourceType"), resource.get("id")


def _differing(old: Any, new: Any, path: str, *, is_gone_told: bool) -> Iterator[str]:
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name, value in old.items():
            place = f"{path}.{name}" if path else name
            if name in new:
                yield from _differing(value, new[name], place, is_gone_told=is_gone_told)
            elif is_gone_told or not isinstance(value, Mapping | list):
                yield from _paths(value, place)
    elif isinstance(old, list) and isinstance(new, list):
        for n, beside in _items(old, new):
            if beside is not None:
                yield from _differing(old[n], new[beside], f"{path}[{n}]", is_gone_told=is_gone_told)
            elif is_gone_told:
                yield from _paths(old[n], f"{path}[{n}]")
    else:
        yield from _paths(old, path)


def _items(old: Sequence[Any], new: Sequence[Any]) -> Iterator[tuple[int, int | None]]:
    """Items that differ: equal ones are the same, and those between them stand for one another in their order."""
    for tag, start, end, other, other_end in _opcodes(old, new):
        for n in range(start, end):
            beside = other + n - start
            if tag != "equal":
                yield n, beside if beside < other_end else None


def _opcodes(old: Sequence[Any], new: Sequence[Any]) -> Sequence[tuple[str, int, int, int, int]]:
    if len(old) == len(new):
        return [("replace", n, n + 1, n, n + 1) for n in range(len(old))]
    was, now = ([encode({"_": one}) for one in items] for items in (old, new))
    return SequenceMatcher(a=was, b=now, autojunk=False).get_opcodes()


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from _leaves(one, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for n, one in enumerate(value):
            yield from _leaves(one, f"{path}[{n}]")
    else:
        yield path, value


def _paths(value: Any, path: str) -> Iterator[str]:
    return (place for place, _ in _leaves(value, path))
