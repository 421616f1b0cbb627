"""Provenance of what products keep: who had which product write what, and when. Pure. Source: FHIR R4, Provenance."""

from collections.abc import Sequence
from datetime import datetime

from tabard.fhir import Resource
from tabard.gateway.model import Rights
from tabard.ground.time import to_instant

_OPERATION = "http://terminology.hl7.org/CodeSystem/v3-DataOperation"
_PARTICIPANT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"


def provenance(id_: str, rights: Rights, activity: str, targets: Sequence[str], at: datetime) -> Resource:
    """Of one activity (CREATE, UPDATE, DELETE) on `targets`, references with their versions."""
    return {
        "resourceType": "Provenance",
        "id": id_,
        "target": [{"reference": one} for one in targets],
        "recorded": to_instant(at),
        "activity": {"coding": [{"system": _OPERATION, "code": activity}]},
        "agent": [
            _agent("author", "urn:tabard:person", rights.person),
            _agent("assembler", "urn:tabard:product", rights.client or ""),
        ],
    }


def _agent(role: str, system: str, value: str) -> Resource:
    return {
        "type": {"coding": [{"system": _PARTICIPANT, "code": role}]},
        "who": {"identifier": {"system": system, "value": value}},
    }
