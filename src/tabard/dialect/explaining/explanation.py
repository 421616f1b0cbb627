"""The values that an explanation is made of."""

from typing import Any

import msgspec


class Explained(msgspec.Struct, frozen=True):
    """One element, what it holds, and where that comes from.

    `resource` is its type and place among those of its type, such as "Encounter/1"; "Message/1" is the translation itself.
    `element` is a path such as "name[0].family", counted from 0 as in FHIRPath. A reference, or an id, is told by such a
    name too. `fields` are places of the message (`PID-3[2].1`), `keys` are keys of the dialect (`visits.classes`).
    """

    resource: str
    element: str
    value: Any
    fields: tuple[str, ...]
    keys: tuple[str, ...]

    @property
    def rule(self) -> str:
        """By what rule: the dialect's keys, else HL7's mapping of the fields, else that it is always so."""
        if self.keys:
            return ", ".join(self.keys)
        return f"HL7 v2-to-FHIR {', '.join(_standard(self.fields))}" if self.fields else "always so"


class Explanation(msgspec.Struct, frozen=True):
    """Each element of what a message becomes, and the places of the message that went nowhere."""

    elements: tuple[Explained, ...]
    unmapped: tuple[str, ...]


def _standard(fields: tuple[str, ...]) -> list[str]:
    """The fields as the standard names them, without which segment or repetition of this message it was."""
    return list(dict.fromkeys(_bare(field) for field in fields))


def _bare(field: str) -> str:
    return "".join(part.partition("]")[2] if n else part for n, part in enumerate(field.split("[")))
