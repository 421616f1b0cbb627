"""Names: XPN to HumanName, and a clinician's name from XCN. Source: HL7 v2.4, 2.9.51 "XPN", 2.9.49 "XCN"."""

from tabard.dialect.extensions import source_text
from tabard.dialect.parts import Parts, repetitions_of
from tabard.dialect.places import place_of
from tabard.dialect.reading import Reading
from tabard.fhir.json import Resource
from tabard.hl7v2 import Segment

_USE = 7


def read_names(reading: Reading, pid: Segment) -> list[Resource]:
    """All names of a person, each once; one whose kind is not known has no use, and is flagged."""
    told: list[Resource] = []
    for place in reading.dialect.names.fields:
        field = pid.field(place_of(place).n)
        reading.note_signs(field, place)
        for parts in repetitions_of(field):
            if (name := name_in(reading, parts, place)) and name not in told:
                told.append(name)
    return told


def name_parts(family: str, given: str, middle: str, suffix: str, prefix: str) -> Resource:
    """A HumanName of the components that XPN and XCN have in common, in their order."""
    told: Resource = {"family": family} if family else {}
    if given or middle:
        told["given"] = [name for name in (given, middle) if name]
    if prefix:
        told["prefix"] = [prefix]
    if suffix:
        told["suffix"] = [suffix]
    return told


def display_of(name: Resource) -> str:
    """A name for people to read: title, given, family."""
    words = [*name.get("prefix", ()), *name.get("given", ())[:1]]
    if "family" in name:
        words.append(name["family"])
    return " ".join(words)


def name_in(reading: Reading, parts: Parts, place: str) -> Resource | None:
    """The HumanName of one XPN; None where it holds none."""
    *names, _, sent = parts.upto(_USE)
    told = name_parts(*names)
    if not told:
        return None
    use = reading.dialect.names.uses.get(reading.word(sent))
    if use is not None:
        return {"use": use, **told}
    if sent:
        reading.flag("unknown-code", place, "a kind of name that the dialect knows")
        return {"_use": source_text(sent), **told}
    return told
