"""Privacy: somebody who must not be found. The record keeps all it is told; what guards it must know what to hide.

The label is FHIR's own, `restricted`; on a patient an extension names the elements that would give the person away.
Source: ITK, ZU8-4 (location hiding): addresses, phones, next of kin and GP; HL7 v3, Confidentiality.
"""

from tabard.dialect.extensions import SHIELDED, extension
from tabard.dialect.places import place_of
from tabard.dialect.reading import Drafting, Reading
from tabard.fhir.json import Resource

_SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
_LABEL: Resource = {"system": _SYSTEM, "code": "R", "display": "restricted"}
_ELEMENTS = ("address", "telecom", "contact", "generalPractitioner")


def put_patient_privacy(reading: Reading, draft: Drafting) -> list[Resource]:
    """Label the patient where the message says so, and take the label off where it says that there is nothing to hide.

    Returns the extension that names what to hide, none where nothing is said of it.
    """
    if not _put_label(reading, draft, reading.dialect.privacy.patient):
        if "meta.security" in draft.cleared:
            draft.cleared.add(f"extension:{SHIELDED}")
        return []
    elements = [extension("element", valueCode=name) for name in _ELEMENTS]
    return [{"url": SHIELDED, "extension": elements}]


def put_visit_privacy(reading: Reading, draft: Drafting) -> None:
    """Label the visit where the message says so."""
    _put_label(reading, draft, reading.dialect.privacy.visit)


def _put_label(reading: Reading, draft: Drafting, places: tuple[str, ...]) -> bool:
    """Whether anything hides: one field is enough, and the label only goes when none does and one says so."""
    said = [hides for place in places if (hides := _hides(reading, place)) is not None]
    if any(said):
        draft.put("meta", {"security": [dict(_LABEL)]})
        return True
    if said:
        draft.cleared.add("meta.security")
    return False


def _hides(reading: Reading, place: str) -> bool | None:
    """What one field says; None where it says nothing. A word that is not known hides, and is flagged."""
    name, n = place_of(place)
    segment = reading.first(name)
    field = segment.field(n) if segment is not None else None
    if field is None or not field.raw:
        return None
    rules = reading.dialect.privacy
    word = reading.word(field.text.strip())
    if not word:
        return False if reading.clears(field) else None
    if word not in rules.hidden and word not in rules.open:
        reading.flag("unknown-code", place, "a word for hiding, or for not hiding, that the dialect knows")
    return word not in rules.open
