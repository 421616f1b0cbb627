"""Extensions: what the sender wrote where FHIR has no place for it, so that nothing received is lost."""

from typing import Any

from tabard.fhir.json import Resource

SOURCE_TEXT = "urn:tabard:extension:source-text"
"""The sender's own text, where it could not be read as what it should be."""

FAILED_CHECK = "urn:tabard:extension:failed-check"
"""On an identifier: it fails its own check (an NHS number by modulus 11) or is a placeholder, and finds nobody."""

SHIELDED = "urn:tabard:extension:shielded"
"""On a Patient: the elements that must be hidden from all who need not know them, an `element` each."""

PENDING_TRANSFER = "urn:tabard:extension:pending-transfer"
"""On an Encounter: where the patient is to go (`location`), and when (`expected`)."""

PENDING_DISCHARGE = "urn:tabard:extension:pending-discharge"
"""On an Encounter: when the patient is to leave (`expected`), and for where (`destination`)."""

EXPECTED_RETURN = "urn:tabard:extension:expected-return"
"""On an Encounter: when the patient is to come back from leave."""

UK_CORE = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-"

DATA_ABSENT_REASON = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"


def source_text(text: str) -> Resource:
    """An element that holds only the sender's own text; goes under `_name` beside a primitive `name`. Source: FHIR R4, 2.6.2.3."""
    return {"extension": [{"url": SOURCE_TEXT, "valueString": text}]}


def absent(reason: str = "unknown") -> Resource:
    """An element that the standard requires and the sender did not send."""
    return {"extension": [{"url": DATA_ABSENT_REASON, "valueCode": reason}]}


def extension(url: str, **value: Any) -> Resource:
    """An extension with one value, such as `valueCodeableConcept`."""
    return {"url": url, **value}
