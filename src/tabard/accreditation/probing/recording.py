"""What was recorded of a product that lived through a day in the pretend hospital. Facts alone; rules judge them.

The facts are the same wherever the same product, Tabard and browser are. What differs from run to run (how long, how often)
stands in `measured` alone, and is no part of the digest.
"""

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from hashlib import sha256

from tabard.fhir.scopes import ResourceScope, parse
from tabard.ground.canonical import canonical

_ASIDE = "measured"


class Fared(StrEnum):
    """What a product did in a scene."""

    worked = "worked"
    """It did what it is for."""
    told = "told"
    """It said that something is not as it should be."""
    silent = "silent"
    """It went on as though nothing were the matter, or showed nothing at all."""
    old = "old"
    """It showed what is of another patient, or no longer holds, as though it were of now."""
    ran = "ran"
    """It carried out what was only to be shown: a script within a name."""
    hammered = "hammered"
    """It asked again and again without a pause."""
    failed = "failed"
    """It broke, did not answer in its time, or answered what cannot be used."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One thing that was done to a product, by name, and what it did; `saw` tells what that rests on."""

    name: str
    did: Fared
    saw: str = ""


@dataclass(frozen=True, slots=True)
class Wrote:
    """One kind of write: the type, whether the gateway took it, and what is wrong with it; no fault where it is valid."""

    type: str
    was_taken: bool
    faults: tuple[str, ...] = ()

    @property
    def is_valid(self) -> bool:
        """Whether it is the resource that it says it is."""
        return not self.faults


@dataclass(frozen=True, slots=True)
class ScenarioTried:
    """A scenario that the product ships: its file, and the first step that did not go as it says ("" where all did)."""

    file: str
    title: str
    step: str = ""
    expected: str = ""
    got: str = ""

    @property
    def has_passed(self) -> bool:
        """Whether every step went as the scenario says."""
        return not self.step


@dataclass(frozen=True, slots=True)
class PartTried:
    """One part of a product, lived with; `at` is its place among the manifest's parts, from 0.

    `asked` are its scopes as the manifest has them, `used` those that its requests needed, a letter each, such as
    `patient/Observation.s`, and the words that it made use of. `refused` tells requests that the gateway turned down, by
    action, type and reason. `untried` is why it could not be lived with, and `remedy` what a person must then do.
    """

    at: int
    title: str
    kind: str
    asked: tuple[str, ...]
    used: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    wrote: tuple[Wrote, ...] = ()
    scenes: tuple[Scene, ...] = ()
    scenarios: tuple[ScenarioTried, ...] = ()
    untried: str = ""
    remedy: str = ""

    @property
    def unused(self) -> tuple[str, ...]:
        """What it asked for and never used: each scope with the letters that were not used, in the manifest's order."""
        return tuple(told for scope in parse(" ".join(self.asked)).resources if (told := _unused(scope, self.used)))

    def scene(self, name: str) -> Scene | None:
        """The scene of that name; None where it was not played for this part."""
        return next((one for one in self.scenes if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Trial:
    """A product's day: what each part did, with which tools and at which pretend hospitals (their dialects).

    `measured` are numbers with their names, outside the digest.
    """

    parts: tuple[PartTried, ...]
    tools: tuple[tuple[str, str], ...]
    dialects: tuple[str, ...]
    measured: tuple[tuple[str, str], ...] = ()

    def to_bytes(self) -> bytes:
        """The facts as canonical JSON, without what was measured."""
        told = asdict(self)
        del told[_ASIDE]
        return canonical(told)

    @property
    def sha256(self) -> str:
        """The digest of the facts, in hexadecimal."""
        return sha256(self.to_bytes()).hexdigest()


def _unused(scope: ResourceScope, used: tuple[str, ...]) -> str:
    left = "".join(letter for letter in scope.letters if f"{scope.level}/{scope.type}.{letter}" not in used)
    return str(replace(scope, letters=left, asked="")) if left else ""
