"""The envelope: from whom to whom a message goes, and what is known of the patient and others that a resource refers to."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from tabard.dialect.schema import Dialect
from tabard.dialect.writing.values import timestamp
from tabard.fhir.json import Resource
from tabard.hl7v2 import FieldValue, SegmentValue, build

_WITH_STRUCTURE = "2.3.1"
"""The version from which MSH-9 names the message's structure."""


class Envelope(msgspec.Struct, frozen=True):
    """MSH: from whom to whom, which message, and when it is sent (`at`, an aware moment).

    `control_id` is the caller's: a message that is sent again keeps it. `more` are further fields of MSH by number, such as
    21 where a record system asks for a profile.
    """

    sending_application: str
    sending_facility: str
    receiving_application: str
    receiving_facility: str
    control_id: str
    at: datetime
    processing_id: str = "P"
    character_set: str = "UNICODE UTF-8"
    more: Mapping[int, FieldValue] = msgspec.field(default_factory=dict)


class Known(msgspec.Struct, frozen=True):
    """The patient and the visit a message is about, and other resources by the references that name them ("Practitioner/1")."""

    patient: Resource
    encounter: Resource | None = None
    others: Mapping[str, Resource] = msgspec.field(default_factory=dict)

    def named(self, reference: Resource) -> Resource | None:
        """The resource that a reference names, if it is known."""
        return self.others.get(reference.get("reference", ""))


def message(envelope: Envelope, dialect: Dialect, kind: tuple[str, str, str], segments: list[SegmentValue]) -> bytes:
    """The message of these segments; `kind` is MSH-9: code, trigger and structure."""
    version = dialect.versions[0]
    msh: dict[int, FieldValue] = {
        3: envelope.sending_application,
        4: envelope.sending_facility,
        5: envelope.receiving_application,
        6: envelope.receiving_facility,
        7: timestamp(dialect, envelope.at),
        9: kind if version >= _WITH_STRUCTURE else kind[:2],
        10: envelope.control_id,
        11: envelope.processing_id,
        12: version,
        18: envelope.character_set,
        **envelope.more,
    }
    return build([("MSH", msh), *segments])


def event(envelope: Envelope, dialect: Dialect, trigger: str) -> SegmentValue:
    """EVN: the trigger, and when it was recorded and happened."""
    at = timestamp(dialect, envelope.at)
    return "EVN", {1: trigger, 2: at, 6: at}
