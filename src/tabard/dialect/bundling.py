"""Bundle: one translation as a FHIR collection, for people and programs that want to see what a message becomes."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from tabard.dialect.model import Flag, Translation
from tabard.fhir.json import Resource
from tabard.fhir.outcome import operation_outcome


def bundle(translation: Translation) -> Resource:
    """A Bundle of type collection: the drafts, of a merge also the registration given up, and last the flags if there are any.

    References point to the entries' `fullUrl`s, so that they resolve inside the Bundle. Source: FHIR R4, 2.36.4.1.
    """
    resources = [draft.resource for draft in translation.drafts] + _given_up(translation)
    held = {f"{one['resourceType']}/{one['id']}": f"urn:uuid:{one['id']}" for one in resources}
    entries = [{"fullUrl": f"urn:uuid:{one['id']}", "resource": _repointed(one, held)} for one in resources]
    if translation.flags:
        outcome = _outcome(translation)
        entries.append({"fullUrl": f"urn:uuid:{outcome['id']}", "resource": outcome})
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _given_up(translation: Translation) -> list[Resource]:
    prior_id = translation.prior_patient_id
    if prior_id in {None, translation.patient_id}:
        return []
    link = {"other": {"reference": f"Patient/{translation.patient_id}"}, "type": "replaced-by"}
    return [{"resourceType": "Patient", "id": prior_id, "active": False, "link": [link]}]


def _repointed(value: Any, held: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {
            key: held.get(one, one) if key == "reference" and isinstance(one, str) else _repointed(one, held)
            for key, one in value.items()
        }
    return [_repointed(one, held) for one in value] if isinstance(value, list) else value


def _outcome(translation: Translation) -> Resource:
    name = f"tabard:flags:{translation.event}:{translation.patient_id}"
    issues = [issue for flag in translation.flags for issue in _told(flag)["issue"]]
    return {"resourceType": "OperationOutcome", "id": str(uuid5(NAMESPACE_URL, name)), "issue": issues}


def _told(flag: Flag) -> Resource:
    return operation_outcome("warning", "value", f"{flag.code} at {flag.place}: expected {flag.expected}")
