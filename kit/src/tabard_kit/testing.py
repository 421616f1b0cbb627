"""For a product's own tests: a service called as the hospital would, without a hospital."""

import json
from collections.abc import Mapping
from typing import Any

from tabard_kit.fhir import Resource
from tabard_kit.hooks import Services, services


def called(
    id_: str,
    prefetch: Mapping[str, Resource | None] | None = None,
    *,
    patient: str = "patient-1",
    of: Services = services,
) -> list[dict[str, Any]]:
    """The cards that a service answers for a patient, as JSON and back: what would not go over the wire does not pass here."""
    call = {
        "hook": of.by_id[id_].hook,
        "hookInstance": "00000000-0000-4000-8000-000000000000",
        "context": {"userId": "Practitioner/practitioner-1", "patientId": patient},
        "prefetch": dict(prefetch or {}),
    }
    answer = json.loads(json.dumps(of.answer(id_, json.loads(json.dumps(call)))))
    cards: list[dict[str, Any]] = answer["cards"]
    return cards


def bundle(*resources: Resource) -> Resource:
    """A search's Bundle of these resources."""
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": one} for one in resources]}
