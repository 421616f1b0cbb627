"""Where a product can do harm: each display of patients, and each write, by the name that its hazard log calls it by."""

from dataclasses import dataclass

from tabard.fhir.scopes import ANY_TYPE, parse
from tabard.product import Context, Manifest, Part

_WRITES = frozenset("cud")
_NOT_OF_PATIENTS = frozenset({"Location", "Organization"})


@dataclass(frozen=True, slots=True)
class Exposure:
    """One display (named as its part: an app's title, a service's id) or one write (named as its scope)."""

    name: str
    words: str
    is_write: bool

    def is_covered(self, covers: tuple[str, ...]) -> bool:
        """Whether something that covers these speaks of it; what names nothing speaks of every display, and of no write."""
        return self.name in covers or (not covers and not self.is_write)


def exposures(manifest: Manifest) -> tuple[Exposure, ...]:
    """All of them, in the manifest's order, none twice."""
    displays = (
        Exposure(_name(one), f"what “{one.title}” shows", is_write=False) for one in manifest.parts if _shows(one)
    )
    writes = (
        Exposure(scope, f"what is written by {scope}", is_write=True)
        for one in manifest.parts
        for scope in one.scopes
        if any(set(each.letters) & _WRITES for each in parse(scope).resources)
    )
    return tuple(dict.fromkeys((*displays, *writes)))


def _name(part: Part) -> str:
    return part.service.id if part.service else part.title


def _shows(part: Part) -> bool:
    """A part that is opened with a context, or that may read about people."""
    types = {one.type for one in parse(" ".join(part.scopes)).resources}
    return part.context is not Context.none or bool(types - _NOT_OF_PATIENTS) or ANY_TYPE in types
