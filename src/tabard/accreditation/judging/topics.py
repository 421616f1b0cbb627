"""What static checkers found, by topic: two tools that see one thing at one place are one finding."""

import re
import tomllib
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from importlib.resources import files

from tabard.accreditation.contents.kinds import component_files, kind_of
from tabard.accreditation.found import failed, not_applicable, not_assessed, passed, sha256
from tabard.accreditation.model import Found, Subject
from tabard.accreditation.probing.checked import Checked, Spotted
from tabard.accreditation.probing.ports import CouldNot

CODE = "the code, by static checkers"
"""The place of a finding where no checker ran at all."""

PERSON = "have a person read the code"
_NUMBER = re.compile(r"[BS](\d{3})")
_LEFT_OUT = "left_out"


class Topic(StrEnum):
    """What can be wrong with code, as rules of ours part it."""

    runs = "runs"
    reads = "reads"
    crypto = "crypto"
    network = "network"
    queries = "queries"
    pages = "pages"
    files = "files"
    kept = "kept"
    told = "told"
    other = "other"


def topic_of(spot: Spotted) -> Topic | None:
    """The topic of what a checker found; None for what is not told."""
    if spot.tool == "semgrep":
        word = spot.rule.partition(".")[0]
        return Topic(word) if word in list(Topic) else None
    found = _NUMBER.fullmatch(spot.rule)
    word = _topics().get(int(found[1]), Topic.other) if found else Topic.other
    return None if word == _LEFT_OUT else Topic(word)


def judged(subject: Subject, topic: Topic, kinds: frozenset[str], expected: str, remedy: str) -> Iterator[Found]:
    """What a rule of one topic says of the maker's own code of these kinds."""
    others = component_files(subject.package)
    own = [name for name in subject.package.files if kind_of(name) in kinds and name not in others]
    if not own:
        yield not_applicable("package", "the product has no such code of its own", subject.package.sha256)
        return
    checked = subject.checked
    if isinstance(checked, CouldNot):
        yield not_assessed(CODE, expected, checked.reason, checked.remedy, subject.package.sha256)
        return
    faults = [*_faults(subject, checked, frozenset(own), topic, expected, remedy)]
    silent = [run for run in checked.runs if run.fault and set(run.owed) & set(own)]
    for run in silent:
        yield not_assessed(CODE, expected, f"{run.tool}: {run.fault}", PERSON, checked.sha256)
    yield from faults
    if not faults and not silent:
        digests = (sha256(subject.package.files[name]) for name in own)
        tools = ", ".join(run.tool for run in checked.runs if set(run.covered) & set(own))
        yield passed("package", f"{len(own)} files read by {tools}", checked.sha256, *digests)


def _faults(
    subject: Subject, checked: Checked, own: frozenset[str], topic: Topic, expected: str, remedy: str
) -> Iterator[Found]:
    """One finding a line, whoever saw it: the first sentence, and all that saw it by their own ids."""
    at: dict[tuple[str, int], list[Spotted]] = {}
    for spot in (each for run in checked.runs for each in run.spotted):
        if spot.file in own and topic_of(spot) is topic:
            at.setdefault((spot.file, spot.line), []).append(spot)
    for (name, line), spots in sorted(at.items()):
        seen = ", ".join(f"{one.tool} {one.rule}" for one in sorted(spots, key=lambda one: (one.tool, one.rule)))
        words = max(spots, key=lambda one: one.tool).says
        yield failed(
            f"{name}:{line}", expected, f"{words} ({seen})", remedy, sha256(subject.package.files[name]), checked.sha256
        )


@cache
def _topics() -> dict[int, str]:
    told = tomllib.loads(files("tabard.accreditation.rules").joinpath("topics.toml").read_text("utf-8"))
    return {number: word for word, numbers in told.items() for number in numbers}
