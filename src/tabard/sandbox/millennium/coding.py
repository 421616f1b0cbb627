"""The habits in which Millennium codes and tells: its own code sets first, then the standard's; a narrative with all."""

from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape

from tabard.fhir import Resource
from tabard.ground.time import to_instant

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
_DEFINITION = "http://hl7.org/fhir/StructureDefinition"


class Codes:
    """Coded values of one tenant: a code of its own is `userSelected`, the standard's stand after it."""

    def __init__(self, tenant: str) -> None:
        self._tenant = tenant

    def own(self, code_set: int, code: str, display: str) -> Resource:
        """A coding of the tenant's code set. Source: cerner/fhir.cerner.com, proprietary codes and systems."""
        system = f"https://fhir.cerner.com/{self._tenant}/codeSet/{code_set}"
        return {"system": system, "code": code, "display": display, "userSelected": True}

    def concept(self, text: str, own: tuple[int, str], *standard: Resource) -> Resource:
        """A concept: the tenant's coding, then the standard's, and the text."""
        return {"coding": [self.own(*own, text), *standard], "text": text}


def standard(system: str, code: str, display: str) -> Resource:
    """A coding of a standard; a `system` that is no address is one of HL7's own code systems, by its name."""
    address = system if ":" in system else f"{_TERMINOLOGY}/{system}"
    return {"system": address, "code": code, "display": display, "userSelected": False}


def narrative(title: str, told: Iterable[tuple[str, str]]) -> Resource:
    """The `text` of a resource: everything in words, ids too, as Millennium generates it."""
    lines = "".join(f"<p><b>{escape(name)}</b>: {escape(value)}</p>" for name, value in told)
    div = f'<div xmlns="http://www.w3.org/1999/xhtml"><p><b>{escape(title)}</b></p>{lines}</div>'
    return {"status": "generated", "div": div}


def in_words(moment: datetime) -> str:
    """A time as the narrative writes it."""
    return f"{moment.astimezone(UTC):%b %d, %Y %I:%M %p} UTC"


def absent(reason: str = "unknown") -> Resource:
    """What stands where a value should be. Source: FHIR R4, data-absent-reason extension."""
    return {"extension": [{"url": f"{_DEFINITION}/data-absent-reason", "valueCode": reason}]}


def rendered(value: str) -> Resource:
    """The extension by which an identifier repeats itself as people read it."""
    return {"extension": [{"url": f"{_DEFINITION}/rendered-value", "valueString": value}]}


def performer(reference: str, code: str, display: str) -> Resource:
    """Who did it and as what."""
    function = {"coding": [standard("v3-ParticipationType", code, display)], "text": display}
    return {
        "extension": [{"url": f"{_DEFINITION}/event-performerFunction", "valueCodeableConcept": function}],
        "reference": reference,
    }


def dialled(number: str) -> Resource:
    """The extension by which a telephone number repeats itself."""
    return {"extension": [{"url": f"{_DEFINITION}/iso21090-TEL-address", "valueUrl": f"tel:{number}"}]}


def instant(moment: datetime) -> str:
    """A FHIR instant in UTC."""
    return to_instant(moment)
