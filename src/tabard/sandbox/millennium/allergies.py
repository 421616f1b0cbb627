"""What a few pretend people are allergic to, always the same for the same person."""

from dataclasses import dataclass
from zlib import crc32

from tabard.sandbox.people import Person


@dataclass(frozen=True, slots=True)
class Allergy:
    """A substance by its SNOMED CT code, and how bad it would be (`low`, `high`)."""

    substance: str
    snomed: str
    criticality: str


_KNOWN = (
    Allergy("Penicillin", "764146007", "high"),
    Allergy("Peanut", "762952008", "high"),
    Allergy("Latex", "111088007", "low"),
)
_ONE_IN = 5


def allergies_of(person: Person) -> tuple[Allergy, ...]:
    """One person in five has one, drawn from who they are and not from their hospital number."""
    drawn = crc32(f"{person.family}|{person.given}|{person.born}".encode())
    return (_KNOWN[drawn // _ONE_IN % len(_KNOWN)],) if drawn % _ONE_IN == 0 else ()
