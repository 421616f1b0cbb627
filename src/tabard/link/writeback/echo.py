"""Echo: what we wrote comes back over the feed under a number that we gave, and is then the record system's own word.

It takes the place of what was pending, so that nothing is there twice. A blood pressure that went out as two lines of one
order comes back as two results: they become the components that they were.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

from msgspec.structs import replace

from tabard.dialect import Draft, Event, Translation
from tabard.fhir import Resource
from tabard.link.belongings import patient_of, repointed
from tabard.link.errors import Parked, ParkedReason
from tabard.link.results import is_of
from tabard.link.writeback.marks import unmarked

_NOTE = "written"
_EVENTS = frozenset({Event.result, Event.appointment, Event.document})


class Record(Protocol):
    """What is asked of the record."""

    def get(self, resource_type: str, resource_id: str, /) -> Resource | None:
        """The resource as it is now."""

    def find(self, resource_type: str, parameter: str, value: str, /) -> Sequence[str]:
        """Ids of the resources that a search parameter finds."""

    def put(self, resource: Resource, source: str, /) -> object:
        """Write it."""

    def noted(self, kind: str, key: str, /) -> bytes | None:
        """What a note says."""

    def note(self, kind: str, key: str, value: bytes | None, /) -> None:
        """Set a note, or take it away."""


def note_number(record: Record, number: str, reference: str) -> None:
    """Note that `number` (system|value) was given to what `reference` names."""
    record.note(_NOTE, number, reference.encode())


def echoed(record: Record, translation: Translation, source: str) -> Translation:
    """The translation, what in it we wrote under the ids that it has here; those lose their marks. Within a savepoint.

    Raises Parked where what we wrote of one patient comes back as another's: then it stands on a wrong chart there.
    """
    if translation.event not in _EVENTS:
        return translation
    drafts = translation.drafts
    for draft in translation.drafts:
        held = _ours(record, draft.resource)
        if held is None:
            continue
        if patient_of(held) is not None and not is_of(record, held, translation.patient_id):
            raise Parked(ParkedReason.result_of_another_patient)
        record.put(unmarked(held), source)
        if held["resourceType"] == draft.resource["resourceType"]:
            drafts = tuple(_renamed(drafts, draft.resource, held["id"]))
        elif held["resourceType"] == "Observation":
            drafts = _results(drafts, draft.resource, held)
    return translation if drafts is translation.drafts else replace(translation, drafts=drafts)


def _ours(record: Record, told: Resource) -> Resource | None:
    """What we wrote under a number of what is told."""
    numbers = [*told.get("identifier", ()), *([told["masterIdentifier"]] if "masterIdentifier" in told else [])]
    if told["resourceType"] not in {"DiagnosticReport", "DocumentReference", "Appointment"}:
        return None
    for one in numbers:
        noted = record.noted(_NOTE, f"{one.get('system', '')}|{one.get('value', '')}")
        if noted is not None:
            kind, _, id_ = noted.decode().partition("/")
            return record.get(kind, id_)
    return None


def _renamed(drafts: Sequence[Draft], told: Resource, id_: str) -> Iterator[Draft]:
    kind, old = told["resourceType"], told["id"]
    for draft in drafts:
        resource = repointed(draft.resource, f"{kind}/{old}", f"{kind}/{id_}")
        is_it = resource["resourceType"] == kind and resource["id"] == old
        yield replace(draft, resource={**resource, "id": id_} if is_it else resource)


def _results(drafts: tuple[Draft, ...], report: Resource, held: Resource) -> tuple[Draft, ...]:
    """The report's results that are ours as one, under the id that it has here; any others stay what they are."""
    named = {one["reference"] for one in report.get("result", ())}
    told = [draft for draft in drafts if f"Observation/{draft.resource['id']}" in named]
    ours = [draft for draft in told if _is_of(draft.resource, held)]
    if not ours:
        ours = told if len(told) == 1 else []
    if not ours:
        return drafts
    first, reference = ours[0], f"Observation/{held['id']}"
    kept = {"identifier": held["identifier"]} if "identifier" in held else {}
    whole = {**first.resource, **kept, "id": held["id"], **_parts(held, ours)}
    if "component" in held and not _is_alike(first.resource["code"], held["code"]):
        whole = {name: value for name, value in whole.items() if not name.startswith("value")} | {"code": held["code"]}
    gone = {draft.resource["id"] for draft in ours}
    return tuple(
        replace(draft, resource=whole) if draft is first else replace(draft, resource=_pointing(draft, gone, reference))
        for draft in drafts
        if draft is first or draft not in ours
    )


def _is_of(told: Resource, held: Resource) -> bool:
    return any(_is_alike(told["code"], one["code"]) for one in (held, *held.get("component", ())))


def _is_alike(one: Resource, other: Resource) -> bool:
    """Whether two codes share a coding, or where either has none, the text."""
    codings = [{(c.get("system"), c.get("code")) for c in code.get("coding", ())} for code in (one, other)]
    if all(codings):
        return bool(codings[0] & codings[1])
    return bool(one.get("text")) and one.get("text") == other.get("text")


def _parts(held: Resource, ours: Sequence[Draft]) -> Resource:
    """The components, each as it was told now."""
    if "component" not in held:
        return {}
    parts = []
    for part in held["component"]:
        told = next((draft.resource for draft in ours if _is_alike(draft.resource["code"], part["code"])), None)
        if told is not None:
            shared = {
                name: value
                for name, value in told.items()
                if name.startswith("value") or name in {"code", "interpretation", "referenceRange", "dataAbsentReason"}
            }
            parts.append(shared)
    return {"component": parts} if parts else {}


def _pointing(draft: Draft, gone: set[str], reference: str) -> Resource:
    """The resource, each reference to a result that became a part made one to the whole, once in a list of results."""
    resource = draft.resource
    for id_ in gone:
        resource = repointed(resource, f"Observation/{id_}", reference)
    if "result" not in resource:
        return resource
    once = {one["reference"]: one for one in resource["result"]}
    return {**resource, "result": list(once.values())}
