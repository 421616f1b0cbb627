"""Referrers: who referred somebody whose GP must not be known is left out of all that is about that person.

A referrer is the GP as often as not: they leave the visits by their role, and orders, letters and all else by being the one who
asked, or by being named as the patient's GP or practice. Relatives leave with them where contacts are hidden. Whether it is
so is told of the patient as now known, in every version; a patient who is not known hides it.
Source: ITK HL7 v2 Message Specifications, PV1-8, ZU8-4; FHIR R4, v3 ParticipationType REF.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from tabard.fhir import Resource, decode, encode
from tabard.gateway.policy.references import referenced
from tabard.gateway.policy.shielding import Shown, hides, shown
from tabard.gateway.policy.subjects import subjects_of
from tabard.gateway.policy.types import SURROUNDINGS
from tabard.gateway.ports import Record, Stored

_REFERRER = "REF"
_MARK = b'"REF"'
_GP = "generalPractitioner"
_PATIENT = "Patient/"
_MEASURED = frozenset({"Observation", "DiagnosticReport"})
"""Types whose performers are who measured: no GP is told by them, and they are many."""

_ASKERS = frozenset({"requester", "referrer", "enterer"})
_RELATIVE = frozenset({"name", "telecom", "address", "photo", "identifier"})


@dataclass(frozen=True, slots=True)
class Shield:
    """Shows nothing that would give somebody hidden away; whose a visit is, is looked up in `record`."""

    record: Record

    def shown(self, stored: Stored, now: Stored | None = None) -> Stored:
        """The version as it may be shown, `now` being what it has become."""
        if stored.type != "Encounter":
            return shown(stored, now) if stored.type == "Patient" else self._unnamed(stored, now)
        if _MARK not in stored.body:
            return stored
        visit = decode(stored.body)
        if not self._is_hidden(visit) and (now is None or not self._is_hidden(decode(now.body))):
            return stored
        return Shown(stored.type, stored.id, stored.version, stored.updated, encode(_unreferred(visit)))

    def _unnamed(self, stored: Stored, now: Stored | None) -> Stored:
        """Anything else about a patient, as it may be shown."""
        if stored.type in SURROUNDINGS or stored.type in _MEASURED:
            return stored
        patients = dict.fromkeys(subjects_of([one for one in (stored, now) if one is not None]))
        names = self._hidden(patients)
        if names is None:
            return stored
        body = encode(_unnamed(decode(stored.body), names))
        return Shown(stored.type, stored.id, stored.version, stored.updated, body)

    def resource(self, found: Resource) -> Resource:
        """A resource of any type but Patient as it may be shown; the very same where nothing of it is hidden."""
        kind = found.get("resourceType")
        if kind == "Encounter":
            return self.visit(found)
        if kind in SURROUNDINGS or kind in _MEASURED:
            return found
        patients = sorted(one.removeprefix(_PATIENT) for one in referenced(found) if one.startswith(_PATIENT))
        names = self._hidden(patients)
        return found if names is None else _unnamed(found, names)

    def _hidden(self, patients: Iterable[str]) -> frozenset[str] | None:
        """The references that are not shown of what names these patients; None where it is shown as it is."""
        hidden = [found for one in patients if (found := self._hidden_names(one)) is not None]
        return frozenset().union(*hidden) if hidden else None

    def _hidden_names(self, patient_id: str) -> frozenset[str] | None:
        """The references by which a patient's GP would be known; None where nothing of theirs is hidden."""
        patient = self.record.read("Patient", patient_id)
        if patient is None:
            return frozenset()
        return referenced({"gp": decode(patient.body).get(_GP)}) if _GP in hides(patient) else None

    def visit(self, visit: Resource) -> Resource:
        """An Encounter, or another resource as it is, as it may be shown."""
        if visit.get("resourceType") != "Encounter" or not any(map(_is_referrer, visit.get("participant", ()))):
            return visit
        return _unreferred(visit) if self._is_hidden(visit) else visit

    def _is_hidden(self, visit: Resource) -> bool:
        reference = str((visit.get("subject") or {}).get("reference", ""))
        if not reference.startswith(_PATIENT):
            return False
        patient = self.record.read("Patient", reference.removeprefix(_PATIENT).partition("/")[0])
        return patient is None or _GP in hides(patient)


def _unnamed(resource: Resource, names: Collection[str]) -> Resource:
    """What is about somebody whose GP is hidden, without who asked, and of a relative without who and where."""
    left = _ASKERS | _RELATIVE if resource["resourceType"] == "RelatedPerson" else _ASKERS
    kept: Resource = _without({name: value for name, value in resource.items() if name not in left}, names)
    return kept


def _without(value: Any, names: Collection[str]) -> Any:
    """The value without the references in `names`, and without what stood there for nothing else."""
    if isinstance(value, dict):
        kept = {name: _without(inner, names) for name, inner in value.items() if not _is_named(inner, names)}
        return {name: inner for name, inner in kept.items() if inner not in ({}, [])}
    if isinstance(value, list):
        inner_ones = (_without(inner, names) for inner in value if not _is_named(inner, names))
        return [inner for inner in inner_ones if inner not in ({}, [])]
    return value


def _is_named(value: Any, names: Collection[str]) -> bool:
    return isinstance(value, dict) and str(value.get("reference", "")).partition("/_history/")[0] in names


def _unreferred(visit: Resource) -> Resource:
    kept = [one for one in visit.get("participant", ()) if not _is_referrer(one)]
    rest = {name: value for name, value in visit.items() if name != "participant"}
    return {**rest, "participant": kept} if kept else rest


def _is_referrer(participant: Resource) -> bool:
    return any(one.get("code") == _REFERRER for kind in participant.get("type", ()) for one in kind.get("coding", ()))
