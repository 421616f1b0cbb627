"""Referrers: who referred somebody whose GP must not be known is left out of that person's visits, being the GP as often as not.

Whether it is so is told of the patient as now known, in every version of the visit; a patient who is not known hides it.
Source: ITK HL7 v2 Message Specifications, PV1-8, ZU8-4; FHIR R4, v3 ParticipationType REF.
"""

from dataclasses import dataclass

from tabard.fhir import Resource, decode, encode
from tabard.gateway.policy.shielding import Shown, hides, shown
from tabard.gateway.ports import Record, Stored

_REFERRER = "REF"
_MARK = b'"REF"'
_GP = "generalPractitioner"
_PATIENT = "Patient/"


@dataclass(frozen=True, slots=True)
class Shield:
    """Shows nothing that would give somebody hidden away; whose a visit is, is looked up in `record`."""

    record: Record

    def shown(self, stored: Stored, now: Stored | None = None) -> Stored:
        """The version as it may be shown, `now` being what it has become."""
        if stored.type != "Encounter":
            return shown(stored, now)
        if _MARK not in stored.body:
            return stored
        visit = decode(stored.body)
        if not self._is_hidden(visit) and (now is None or not self._is_hidden(decode(now.body))):
            return stored
        return Shown(stored.type, stored.id, stored.version, stored.updated, encode(_unreferred(visit)))

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


def _unreferred(visit: Resource) -> Resource:
    kept = [one for one in visit.get("participant", ()) if not _is_referrer(one)]
    rest = {name: value for name, value in visit.items() if name != "participant"}
    return {**rest, "participant": kept} if kept else rest


def _is_referrer(participant: Resource) -> bool:
    return any(one.get("code") == _REFERRER for kind in participant.get("type", ()) for one in kind.get("coding", ()))
