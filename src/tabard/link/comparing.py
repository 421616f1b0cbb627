"""Two translations of one message held side by side: resource by resource, element by element. Pure.

Resources are paired by their ids; those whose ids differ, since one dialect reads another number, by their order among
those of their type. Then the other id is told once, and not again at each reference to it.
"""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

import msgspec

from tabard.dialect import Draft, PatientKey, Translation

MESSAGE = "Message"
"""Stands where a resource would for what a message means as a whole."""

_ABSENT = object()


class Understood(msgspec.Struct, frozen=True):
    """A message as one dialect reads it, and by which identifiers its patient, and the one given up, is looked for."""

    translation: Translation
    key: PatientKey | None = None
    prior_key: PatientKey | None = None


class ResourceChange(msgspec.Struct, frozen=True):
    """One element that differs; None: absent.

    `resource` is such as "Encounter/<id>", `element` such as "location[0].status", empty for the resource as a whole.
    """

    resource: str
    element: str
    old: Any
    new: Any


def changes(old: Understood, new: Understood) -> tuple[ResourceChange, ...]:
    """What differs in what is filed, and in whose; nothing where the same would be done."""
    if old == new:
        return ()
    return (*_of_message(old, new), *_of_resources(_drafts(old.translation), _drafts(new.translation)))


def _of_message(old: Understood, new: Understood) -> Iterator[ResourceChange]:
    for name, before, after in (
        *zip(("patient", "prior patient"), (old.key, old.prior_key), (new.key, new.prior_key), strict=True),
        *((name, getattr(old.translation, name), getattr(new.translation, name)) for name in _WHOLE),
        ("also", len(old.translation.also), len(new.translation.also)),
    ):
        if before != after:
            yield ResourceChange(MESSAGE, name, _plain(before), _plain(after))


_WHOLE = (
    "event",
    "occurred",
    "recorded",
    "patient_id",
    "prior_patient_id",
    "visit_id",
    "prior_visit_ids",
    "flags",
    "unmapped",
)
"""What a translation says besides its resources."""


def _plain(value: Any) -> Any:
    return None if value in (None, ()) else msgspec.to_builtins(value)


def _drafts(translation: Translation) -> list[Draft]:
    return [*translation.drafts, *(draft for one in translation.also for draft in _drafts(one))]


def _of_resources(old: Sequence[Draft], new: Sequence[Draft]) -> Iterator[ResourceChange]:
    pairs = _paired(old, new)
    moved = {
        _reference(after): _reference(before)
        for before, after in pairs
        if before is not None and after is not None and _reference(before) != _reference(after)
    }
    for before, after in pairs:
        if before is None and after is not None:
            yield ResourceChange(_reference(after), "", None, after.resource)
        elif before is not None and after is None:
            yield ResourceChange(_reference(before), "", before.resource, None)
        elif before is not None and after is not None and before != after:
            yield from _of_draft(before, after, moved)


def _of_draft(old: Draft, new: Draft, moved: dict[str, str]) -> Iterator[ResourceChange]:
    name = _reference(old)
    for element, before, after in _of_value(
        "", old.resource, _repointed(new.resource, moved) if moved else new.resource
    ):
        yield ResourceChange(name, element, before, after)
    for cleared in sorted(old.cleared ^ new.cleared):
        pair = (True, None) if cleared in old.cleared else (None, True)
        yield ResourceChange(name, f"{cleared} (emptied)", *pair)


def _paired(old: Sequence[Draft], new: Sequence[Draft]) -> list[tuple[Draft | None, Draft | None]]:
    """Each with its like: by id, then by order among those of the type."""
    others = {_reference(draft): draft for draft in new}
    pairs: list[tuple[Draft | None, Draft | None]] = []
    alone: list[Draft] = []
    for draft in old:
        if (found := others.pop(_reference(draft), None)) is None:
            alone.append(draft)
        else:
            pairs.append((draft, found))
    kinds = dict.fromkeys(_kind(draft) for draft in (*alone, *others.values()))
    for kind in kinds:
        before = [draft for draft in alone if _kind(draft) == kind]
        after = [draft for draft in others.values() if _kind(draft) == kind]
        pairs += zip_longest(before, after)
    return pairs


def _of_value(path: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys((*old, *new)):
            place = f"{path}.{name}" if path else name
            yield from _of_value(place, old.get(name), new.get(name))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _of_lists(path, old, new)
    else:
        yield path, old, new


def _of_lists(path: str, old: list[Any], new: list[Any]) -> Iterator[tuple[str, Any, Any]]:
    """Items at both ends that are the same are passed over, so that one item more in front is told as one item more."""
    shortest, front = min(len(old), len(new)), 0
    while front < shortest and old[front] == new[front]:
        front += 1
    back = 0
    while back < shortest - front and old[-1 - back] == new[-1 - back]:
        back += 1
    middle = zip_longest(old[front : len(old) - back], new[front : len(new) - back], fillvalue=_ABSENT)
    for place, (before, after) in enumerate(middle, front):
        if before is _ABSENT or after is _ABSENT:
            yield f"{path}[{place}]", None if before is _ABSENT else before, None if after is _ABSENT else after
        else:
            yield from _of_value(f"{path}[{place}]", before, after)


def _repointed(value: Any, moved: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {
            name: moved.get(one, one) if name == "reference" and isinstance(one, str) else _repointed(one, moved)
            for name, one in value.items()
        }
    return [_repointed(one, moved) for one in value] if isinstance(value, list) else value


def _kind(draft: Draft) -> str:
    return str(draft.resource["resourceType"])


def _reference(draft: Draft) -> str:
    return f"{draft.resource['resourceType']}/{draft.resource['id']}"


__all__ = ["MESSAGE", "ResourceChange", "Understood", "changes"]
