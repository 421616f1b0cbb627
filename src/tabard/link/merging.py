"""What a message says of a resource, laid over what is known of it. Pure.

An element that the message does not hold keeps its old value; one that it nulled goes; the others are replaced.
Some lists hold several independent things, each told by a field of its own; there the unit is the thing:
identifiers by system, extensions by URL, a person's phones by use, a visit's practitioners by what they are to it.

Source: ITK HL7 v2 Message Specifications 3.3.3 (omitted leaves the old value, `""` sets it to null).
"""

from collections.abc import Callable, Iterable

from tabard.dialect import FAILED_CHECK, Draft
from tabard.fhir import Resource, nhs_number

PARTLY_TOLD = frozenset({"period", "hospitalization", "meta"})
"""Elements whose parts are told by fields of their own."""

_NEVER_CLEARED = frozenset({"resourceType", "id", "meta", "identifier", "subject", "name"})


def merge(old: Resource | None, draft: Draft) -> Resource:
    """The new resource: `old` with the draft's elements over it. Neither is changed.

    `old` is None where nothing is known yet.
    """
    if old is None:
        return dict(draft.resource)
    kept = _without(old, draft.cleared)
    for element in draft.resource:
        kept.pop(f"_{element}", None)
    return {**kept, **{element: _laid_over(kept, element, value) for element, value in draft.resource.items()}}


def united(old: Iterable[Resource], new: Iterable[Resource]) -> list[Resource]:
    """The identifiers of both: a number once held stays an alias, what is newly told of it wins, new ones come last.

    What a field of its own tells of a number (its verification) stays until that tells something else.
    A number out of use (a merge made it so) stays out of use, though senders may go on using it.
    A person has one NHS number: a new one takes the place of the old, save one that fails its check, which never
    drives out one that passes (both are then kept, the passing one first).
    """
    told = list(new)
    told_keys = {_identifier_key(one) for one in told}
    numbers = [one for one in told if one.get("system") == nhs_number.SYSTEM]
    renewed = any(passes_check(one) for one in numbers)
    known = {
        _identifier_key(one): one
        for one in old
        if one.get("system") != nhs_number.SYSTEM
        or not (renewed or (numbers and not passes_check(one)))
        or _identifier_key(one) in told_keys
    }
    for one in told:
        key = _identifier_key(one)
        before = known.get(key, {})
        kept = {"extension": before["extension"]} if "extension" in before else {}
        known[key] = {**kept, **one, **({"use": "old"} if before.get("use") == "old" else {})}
    return list(known.values())


def passes_check(identifier: Resource) -> bool:
    """Whether the identifier is an NHS number that passes its check and is no placeholder."""
    if identifier.get("system") != nhs_number.SYSTEM:
        return False
    marked = any(one.get("url") == FAILED_CHECK for one in identifier.get("extension", []))
    return not marked and nhs_number.is_valid(identifier.get("value", ""))


def _identifier_key(identifier: Resource) -> tuple[str, str]:
    return identifier.get("system", ""), identifier.get("value", "")


def _without(known: Resource, paths: Iterable[str]) -> Resource:
    """`known` without what the paths name: `element`, `element.part`, or of a list `element:slot`, `element.part:slot`."""
    kept = dict(known)
    for path in paths:
        head, _, slot = path.partition(":")
        element, _, part = head.partition(".")
        if (element in _NEVER_CLEARED and not part) or element not in kept:
            continue
        if part:
            rest: object = _without(kept[element], [path.partition(".")[2]])
        else:
            rest = [one for one in kept[element] if SLOTS[element](one) != slot] if slot else None
            kept.pop(f"_{element}", None)
        kept.pop(element)
        if rest:
            kept[element] = rest
    return kept


def _laid_over(kept: Resource, element: str, told: object) -> object:
    known = kept.get(element)
    if known == told:  # most of what a feed says it said before
        return told
    if isinstance(known, dict) and isinstance(told, dict) and element in PARTLY_TOLD:
        return {**known, **{part: _laid_over(known, part, value) for part, value in told.items()}}
    if isinstance(known, list) and isinstance(told, list):
        if element == "identifier":
            return united(known, told)
        if slot := SLOTS.get(element):
            return _by_slot(known, told, slot)
    return told


def _by_slot(known: list[Resource], told: list[Resource], slot: Callable[[Resource], str]) -> list[Resource]:
    spoken_of = {slot(one) for one in told}
    return [one for one in known if slot(one) not in spoken_of] + told


def _use(one: Resource) -> str:
    return str(one.get("use", ""))


def _participation(one: Resource) -> str:
    return ",".join(sorted(coding.get("code", "") for kind in one.get("type", []) for coding in kind.get("coding", [])))


SLOTS: dict[str, Callable[[Resource], str]] = {
    "extension": lambda one: str(one.get("url", "")),
    "telecom": _use,
    "participant": _participation,
    "generalPractitioner": lambda one: str(one.get("type") or one.get("reference", "")).partition("/")[0],
}
"""Lists of several independent things, and what tells one from the other."""
