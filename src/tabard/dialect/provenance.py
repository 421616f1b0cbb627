"""Provenance: which message told the resources, and by which link it came. Pure and cheap: it is made for every message.

Source: FHIR R4, Provenance; HL7 Version 2 to FHIR, "Provenance".
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache

from tabard.dialect.model import Event, Translation
from tabard.fhir.json import Resource

LINK = "urn:tabard:link"
"""The identifier system of links."""

_URI = "urn:ietf:rfc:3986"
_ASSEMBLER = {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/provenance-participant-type", "code": "assembler"}]
}
_ACTIVITIES = {
    event: {"coding": [{"system": "urn:tabard:code:event", "code": event.value}], "text": event.value.replace("_", " ")}
    for event in Event
}


def message_reference(link: str, seq: int) -> str:
    """How Tabard names a message: the link it came by, and its place in the link's journal."""
    return f"urn:tabard:message:{link}:{seq}"


def provenance(
    translation: Translation, message_ref: str, link_source: str, recorded: datetime, targets: Iterable[str]
) -> Resource:
    """The Provenance of the resources really written; the caller gives it an id.

    `message_ref` is made by `message_reference`; `link_source` is the link's name; `recorded` is when they were written, an
    aware moment; `targets` are references, such as "Patient/1".
    """
    told: Resource = {
        "resourceType": "Provenance",
        "target": [{"reference": target} for target in targets],
        "recorded": _instant(recorded),
        "activity": _ACTIVITIES[translation.event],
        "agent": [
            {"type": _ASSEMBLER, "who": {"type": "Device", "identifier": {"system": LINK, "value": link_source}}}
        ],
        "entity": [{"role": "source", "what": {"identifier": {"system": _URI, "value": message_ref}}}],
    }
    if translation.occurred is not None:
        told["occurredDateTime"] = _instant(translation.occurred)
    return told


@lru_cache(maxsize=256)
def _instant(at: datetime) -> str:
    """A moment as FHIR writes it; those of one piece of the intake were received at one moment."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
