"""What a diagnosis or a procedure is: its code, with the system that its segment names, and the words beside it."""

from tabard.dialect.codes import coded
from tabard.dialect.parts import first_of
from tabard.dialect.reading import Reading
from tabard.fhir.json import Resource
from tabard.hl7v2 import Segment


def clinical_code(reading: Reading, segment: Segment, *, method: int, code: int, text: int) -> Resource | None:
    """The CodeableConcept; None where there is neither code nor words. Where the code names no system, the method does."""
    told = coded(reading, first_of(segment.field(code)))
    words = first_of(segment.field(text)).part(1)
    if told is None:
        return {"text": words} if words else None
    system = reading.dialect.clinical.coding_methods.get(first_of(segment.field(method)).part(1))
    if system is not None and told.get("coding"):
        told["coding"] = [one if "system" in one else {"system": system, **one} for one in told["coding"]]
    if words:
        told.setdefault("text", words)
    return told


def key_of_code(code: Resource) -> tuple[str, str]:
    """What tells one from another: the first coding, else the words."""
    first = next(iter(code.get("coding", ())), None)
    return (first.get("system", ""), first["code"]) if first else ("", code["text"])
