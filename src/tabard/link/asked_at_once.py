"""What filing a message will ask of the record, told as soon as its ids are known: a record on a server is then asked once.

Nothing depends on it: what is not told here is asked when it is needed.
"""

from collections.abc import Iterable

from tabard.dialect import Draft, Translation
from tabard.link.desk import AGE, SHARED
from tabard.link.visits import COURSE

Name = tuple[str, str]


def asked_by(translation: Translation, told_before: Iterable[Name] = ()) -> tuple[list[Name], list[Name]]:
    """The resources, by type and id, and the notes, by kind and key; `told_before` are resources that will not be read."""
    skipped = frozenset(told_before)
    names: list[Name] = []
    notes: list[Name] = []
    for part in (translation, *translation.also):
        for draft in part.drafts:
            name = named(draft)
            names += [] if name in skipped else [name]
            notes += [] if name[0] in SHARED else [(AGE, f"{name[0]}/{name[1]}")]
            notes += [(COURSE, name[1])] if name[0] == "Encounter" else []
        notes += [] if part.visit_id is None else [(COURSE, part.visit_id)]
    return names, notes


def named(draft: Draft) -> Name:
    """Type and id of what a draft tells of."""
    return draft.resource["resourceType"], draft.resource["id"]
