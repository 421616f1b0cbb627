"""Registrations of one person: merged (A34, A40), parted again (A37), linked (A24), and given another number (A46, A47).

What each pair last came to is kept with when that was recorded, so that a merge that comes after the unmerge that took it
back does nothing. A merge that contradicts an earlier one is parked and never guessed at.
"""

from collections.abc import Iterator

import msgspec

from tabard.dialect import PatientKey, Translation
from tabard.fhir import Resource
from tabard.link import patient_merge
from tabard.link.ages import Stamp
from tabard.link.desk import Desk
from tabard.link.errors import Parked, ParkedReason
from tabard.link.identity import holders, replaced_by, survivor
from tabard.link.likeness import is_same_person

_PAIR = "pair"
_SEARCHED = ("Encounter", "Observation", "DiagnosticReport")
"""Types that a record may hold from before belongings were kept."""

_decoder = msgspec.msgpack.Decoder(Stamp)


def merge(desk: Desk, survivor_id: str, prior_id: str | None, key: PatientKey | None) -> Iterator[str]:
    """The registration `prior_id`, known by `key`, is given up for another. Raises Parked where that contradicts what is known."""
    if prior_id is None or is_past(desk, survivor_id, prior_id):
        return
    prior = desk.get("Patient", prior_id)
    now = {survivor(desk.record, prior_id)} if prior else set()
    others = (holders(desk.record, key) | now) - {prior_id}
    if others - {survivor_id} or prior_id == survivor_id:
        raise Parked(ParkedReason.merge_conflict)
    _remember(desk, survivor_id, prior_id)
    patient = desk.get("Patient", survivor_id) or {"resourceType": "Patient", "id": survivor_id}
    desk.put(patient_merge.surviving(patient, prior, key))
    if prior is None:
        yield "MRG-1:merge-of-unknown"
    elif prior_id in now:
        desk.put(patient_merge.replaced(prior, survivor_id))
        _move_all(desk, prior_id, survivor_id)


def link(desk: Desk, one: str, other: str) -> None:
    """Two registrations may be of one person: each says so, and nothing is moved."""
    if is_past(desk, one, other) or one == other:
        return
    _remember(desk, one, other)
    for patient_id, other_id in ((one, other), (other, one)):
        if (patient := desk.get("Patient", patient_id)) is not None:
            desk.put(patient_merge.seen_with(patient, other_id))


def part(desk: Desk, one: str, other: str) -> Iterator[str]:
    """Two registrations are of two people after all: who was merged away is a person again, with all that came so."""
    if is_past(desk, one, other):
        return
    _remember(desk, one, other)
    for prior_id, survivor_id in ((one, other), (other, one)):
        if _is_given_up_for(desk.get("Patient", prior_id), desk.get("Patient", survivor_id)):
            _give_back(desk, prior_id, survivor_id)
            return
    for patient_id, other_id in ((one, other), (other, one)):
        if (patient := desk.get("Patient", patient_id)) is not None:
            desk.put(patient_merge.seen_alone(patient, other_id))
    if survivor(desk.record, one) == survivor(desk.record, other):
        raise Parked(ParkedReason.merge_conflict)  # merged over a third: which of the merges is wrong is not told
    yield "PID-3:were-not-merged"


def renumber(desk: Desk, translation: Translation, key: PatientKey | None) -> str:
    """Whose number changes: the person known by the old one, who keeps the id. Gives that id.

    Raises Parked where the new number is that of somebody plainly else.
    """
    new_id, prior_id = translation.patient_id, translation.prior_patient_id
    held = desk.get("Patient", new_id)
    known = survivor(desk.record, prior_id) if prior_id and desk.get("Patient", prior_id) else None
    if known is None or known == new_id:
        return new_id
    if held is None:
        return known
    prior = desk.get("Patient", known)
    if prior is None or key is None or not is_same_person(prior, key):
        raise Parked(ParkedReason.number_in_use)
    return new_id


def _is_given_up_for(prior: Resource | None, patient: Resource | None) -> bool:
    """Whether a merge gave up the one for the other, be it before anything was known of the one."""
    if prior is None or patient is None:
        return False
    if replaced_by(prior) is not None:
        return replaced_by(prior) == str(patient["id"])
    own = {(one.get("system"), one["value"]) for one in prior.get("identifier", []) if one.get("use") != "old"}
    old = {(one.get("system"), one["value"]) for one in patient.get("identifier", []) if one.get("use") == "old"}
    return not own.isdisjoint(old)


def _give_back(desk: Desk, prior_id: str, survivor_id: str) -> None:
    prior, patient = desk.get("Patient", prior_id), desk.get("Patient", survivor_id)
    if prior is not None and patient is not None:
        desk.put(patient_merge.parted(patient, prior))
        desk.put(patient_merge.restored(prior, survivor_id))
    for kind, id_, came_under in desk.belongings(survivor_id):
        owner = survivor(desk.record, came_under)
        if owner != survivor_id and owner == survivor(desk.record, prior_id):
            desk.move(survivor_id, owner, kind, id_, came_under)


def _move_all(desk: Desk, prior_id: str, survivor_id: str) -> None:
    came = {(kind, id_): came_under for kind, id_, came_under in desk.belongings(prior_id)}
    for kind in _SEARCHED:
        for id_ in desk.record.find(kind, "patient", f"Patient/{prior_id}"):
            came.setdefault((kind, id_), prior_id)
    for (kind, id_), came_under in came.items():
        desk.move(prior_id, survivor_id, kind, id_, came_under)


def is_past(desk: Desk, one: str, other: str) -> bool:
    """Whether the pair was merged, parted or linked by a message that was recorded later."""
    raw = desk.record.noted(_PAIR, _pair(one, other))
    is_late = raw is not None and desk.stamp < _decoder.decode(raw)
    desk.is_late |= is_late
    return is_late


def _remember(desk: Desk, one: str, other: str) -> None:
    desk.record.note(_PAIR, _pair(one, other), msgspec.msgpack.encode(desk.stamp))


def _pair(one: str, other: str) -> str:
    return "/".join(sorted((one, other)))


def with_old_number(patient: Resource, key: PatientKey | None) -> Resource:
    """The patient with the numbers of `key` out of use."""
    local = set(key.local) if key else set()
    kept = [one for one in patient.get("identifier", []) if (one.get("system"), one["value"]) not in local]
    held = {(one.get("system"), one["value"]): one for one in patient.get("identifier", [])}
    old = [{**held.get((s, v), {"system": s, "value": v}), "use": "old"} for s, v in sorted(local)]
    return {**patient, "identifier": [*kept, *old]}
