"""Lists that a message tells whole, allergies of a patient or diagnoses of a visit: what it no longer holds is over."""

from collections.abc import Mapping

import msgspec

from tabard.dialect import Draft, Translation
from tabard.fhir import Resource
from tabard.link.ages import Stamp
from tabard.link.desk import Desk

_WHOLE = "whole"
_decoder = msgspec.msgpack.Decoder(Stamp)

_OVER: Mapping[str, Resource] = {
    "AllergyIntolerance": {
        "clinicalStatus": {
            "coding": [
                {"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "code": "inactive"}
            ]
        }
    },
    "Condition": {
        "clinicalStatus": {
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "inactive"}]
        }
    },
    "Procedure": {"status": "entered-in-error"},
}
"""What a resource says when it is on its list no more: it is kept, and not taken for what is so now."""


def is_of_older_list(desk: Desk, draft: Draft, translation: Translation) -> bool:
    """Whether the draft is of a list that was told whole by a message recorded later."""
    kind = draft.resource["resourceType"]
    lists = [one for one in translation.wholes if one.type == kind]
    is_older = any(_is_told_since(desk, kind, one.within) for one in lists)
    desk.is_late |= is_older
    return is_older


def end_missing(desk: Desk, translation: Translation) -> None:
    """End what was on a list that the message tells whole, came by the same link, and is on it no more."""
    told = {(draft.resource["resourceType"], draft.resource["id"]) for draft in translation.drafts}
    for one in translation.wholes:
        if one.type not in _OVER or _is_told_since(desk, one.type, one.within):
            continue
        desk.record.note(_WHOLE, f"{one.within}/{one.type}", msgspec.msgpack.encode(desk.stamp))
        for kind, id_, _ in desk.belongings(translation.patient_id, one.type):
            if (kind, id_) not in told:
                _end(desk, kind, id_, one.within)


def _end(desk: Desk, kind: str, id_: str, within: str) -> None:
    held = desk.get(kind, id_)
    if held is None or not desk.is_own(held) or desk.is_told_since(kind, id_) or not _is_within(held, within):
        return
    desk.put({**held, **_OVER[kind]})


def _is_within(held: Resource, within: str) -> bool:
    named = (held.get(element, {}).get("reference") for element in ("encounter", "patient", "subject"))
    return within in named


def _is_told_since(desk: Desk, kind: str, within: str) -> bool:
    raw = desk.record.noted(_WHOLE, f"{within}/{kind}")
    return raw is not None and desk.stamp < _decoder.decode(raw)
