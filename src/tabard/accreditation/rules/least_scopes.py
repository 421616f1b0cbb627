"""Each part asks for no more than it uses: named types, at the level of its context, and to write only what it was seen to write.

A letter that writes (c, u, d) stands where the part used it in its day at the pretend hospital, in a scene or in a scenario that
it ships; one that it did not use, trial-scopes-used fails; without a trial a person judges.
Source: SMART App Launch 2.2, scopes; DTAC 2.0, C2 and C3 (data protection, technical security); least privilege.
"""

import re
from collections.abc import Iterator

from tabard.accreditation.contents.kinds import CODE, own_texts
from tabard.accreditation.found import failed, not_applicable, not_assessed, passed, sha256
from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.probing.ports import CouldNot
from tabard.accreditation.probing.recording import Trial
from tabard.fhir.scopes import ANY_TYPE, Level, ResourceScope, parse
from tabard.product import FILE_NAME, Context, Kind, Part

FAMILY = Family.data
CRITERIA = ("tabard/least-privilege", "tabard/no-wildcards", "asvs-5.0/8.2.1")

_LEVEL = {
    Context.patient: Level.patient,
    Context.encounter: Level.patient,
    Context.ward: Level.user,
    Context.none: Level.user,
}
_WRITING = frozenset("cud")
_WRITTEN = "every letter that writes used in a day at the pretend hospital"
_NOT_LIVED = CouldNot("the part was not lived with", "have a person try it at a pretend hospital")
_WORDS = {"launch", "openid", "fhirUser", "profile", "online_access", "offline_access"}


def check(subject: Subject) -> Iterator[Found]:
    """Judge each scope of each part; a part whose scopes all do is told in one finding."""
    code = own_texts(subject.package, CODE)
    looked_at = tuple(sha256(subject.package.files[name]) for name in (FILE_NAME, *code))
    for at, part in enumerate(subject.package.manifest.parts):
        place = f"{FILE_NAME} part[{at}].scopes"
        faults = [*_faults(part, place, code, looked_at), *_writes(subject.tried, at, part, place, looked_at)]
        yield from faults or [passed(place, _told(part), *looked_at)]


def _writes(tried: Trial | CouldNot, at: int, part: Part, place: str, looked_at: tuple[str, ...]) -> Iterator[Found]:
    """What it asks to write and was not seen to."""
    day = tried if isinstance(tried, CouldNot) else next((one for one in tried.parts if one.at == at), _NOT_LIVED)
    for scope in parse(" ".join(part.scopes)).resources:
        writes = [letter for letter in scope.letters if letter in _WRITING]
        if not writes:
            continue
        if isinstance(day, CouldNot) or day.untried:
            reason, remedy = (day.reason, day.remedy) if isinstance(day, CouldNot) else (day.untried, day.remedy)
            yield not_assessed(f"{place} {scope}", _WRITTEN, f"it asks to write: {reason}", remedy, *looked_at)
        elif not all(f"{scope.level}/{scope.type}.{letter}" in day.used for letter in writes):
            yield not_applicable(
                f"{place} {scope}", "it was not seen to write that: trial-scopes-used tells it", *looked_at
            )


def _faults(part: Part, place: str, code: dict[str, str], looked_at: tuple[str, ...]) -> Iterator[Found]:
    asked = parse(" ".join(part.scopes))
    named = code if part.service is None else code | {FILE_NAME: " ".join(query for _, query in part.service.prefetch)}
    for scope in asked.resources:
        for expected, got, remedy in _wrong_with(scope, part.context, named):
            yield failed(f"{place} {scope}", expected, got, remedy, *looked_at)
    for word in asked.words:
        if word not in _WORDS:
            yield failed(f"{place} {word}", f"one of {', '.join(sorted(_WORDS))}", word, "leave it out", *looked_at)
    if part.kind is Kind.app and part.context is not Context.none and "launch" not in asked.words:
        yield failed(place, "launch", f"a part for a {part.context} without it", "ask for launch too", *looked_at)
    if "offline_access" in asked.words:
        yield not_assessed(
            f"{place} offline_access",
            "a reason to read when nobody is there",
            "it asks to go on reading when nobody is signed in",
            "leave it out, or have a person judge why it is needed",
            *looked_at,
        )


def _wrong_with(scope: ResourceScope, context: Context, code: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    if scope.type == ANY_TYPE:
        yield "resource types by their names", "every type (*)", "name the types that the code reads"
    elif not _is_named(scope.type, code):
        yield (
            f"{scope.type} named in the code",
            "no file that names it",
            "leave the scope out, or name the type in the code",
        )
    if scope.level is not _LEVEL[context]:
        fits = f"{_LEVEL[context]}/ scopes"
        yield fits, f"{scope.level}/ in a part whose context is {context}", f"ask at the level {_LEVEL[context]}/"


def _is_named(resource_type: str, code: dict[str, str]) -> bool:
    """Whether the code speaks of the type as a word; a scope that is written out in the code is no use of it."""
    word = re.compile(rf"(?<![A-Za-z0-9_])(?<!patient/)(?<!user/)(?<!system/){resource_type}(?![A-Za-z0-9_])")
    return any(word.search(text) for text in code.values())


def _told(part: Part) -> str:
    asked = parse(" ".join(part.scopes))
    reads = ", ".join(sorted({one.type for one in asked.resources if set(one.letters) - _WRITING})) or "nothing"
    written = ", ".join(sorted({one.type for one in asked.resources if set(one.letters) & _WRITING}))
    writes = f" and writes {written}" if written else ""
    lasts = "; stays open while somebody is signed in" if "online_access" in asked.words else ""
    return f"{part.title}, for a {part.context}, reads {reads}{writes}{lasts}"
