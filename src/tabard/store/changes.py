"""What changed since the version before, in plain words: what it may touch first, then its hazards, then its files."""

from collections.abc import Iterable, Mapping

from tabard.accreditation import BadHazardLog, differences, read_hazard_log
from tabard.product import Manifest, touches
from tabard.store.cases import Kept

_MOST_NAMED = 8


def changes(before: Kept, after: Kept) -> tuple[str, ...]:
    """The changes from one version to another, a sentence each; nothing is left out but the names of many files."""
    old, new = before.manifest, after.manifest
    return (
        *_touches(old, new),
        *_said("The intended use", old.intended_use, new.intended_use),
        *_said("The licence", old.licence, new.licence),
        *_said("The safety officer", _officer(old), _officer(new)),
        *_hazards(before.hazards, after.hazards),
        *_components(old, new),
        *_files(before.files, after.files),
    )


def first_words(kept: Kept) -> tuple[str, ...]:
    """What is said where there is no version before."""
    return (f"{kept.case.version} is the first version to be published: everything in it is new.",)


def _touches(old: Manifest, new: Manifest) -> tuple[str, ...]:
    before, after = ({one.scope: one.words for one in touches(each)} for each in (old, new))
    more = [f"It asks for more: {after[scope]}" for scope in after if after[scope] != before.get(scope)]
    less = [f"It no longer asks: {before[scope]}" for scope in before if scope not in after]
    return (*more, *less) or ("It asks for nothing more and nothing less.",)


def _hazards(before: bytes, after: bytes) -> tuple[str, ...]:
    """That the log changed, and a sentence a change where both can be read."""
    if before == after:
        return ("The hazard log is the same.",)
    try:
        told = differences(read_hazard_log(before), read_hazard_log(after)).words
    except BadHazardLog:
        told = ()
    return ("The hazard log changed.", *told)


def _said(what: str, old: str, new: str) -> tuple[str, ...]:
    return () if old == new else (f"{what} was “{old}” and is now “{new}”.",)


def _officer(manifest: Manifest) -> str:
    officer = manifest.safety_officer
    return f"{officer.name}, {officer.register} {officer.number}" if officer else "nobody"


def _components(old: Manifest, new: Manifest) -> tuple[str, ...]:
    before, after = ({one.name: one.version for one in each.components} for each in (old, new))
    names = sorted(before.keys() | after.keys())
    return tuple(
        f"The component {name} was {before.get(name, 'not there')} and is now {after.get(name, 'not there')}."
        for name in names
        if before.get(name) != after.get(name)
    )


def _files(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[str, ...]:
    both = old.keys() & new.keys()
    told = (
        ("changed", [name for name in both if old[name] != new[name]]),
        ("new", new.keys() - both),
        ("gone", old.keys() - both),
    )
    return tuple(f"Files {word}: {_named(names)}." for word, names in told if names) or ("No file changed.",)


def _named(names: Iterable[str]) -> str:
    every = sorted(names)
    more = f" and {len(every) - _MOST_NAMED} more" if len(every) > _MOST_NAMED else ""
    return ", ".join(every[:_MOST_NAMED]) + more
