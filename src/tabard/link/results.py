"""A result laid into the record: only for a patient who is known, and never on a visit that is not the patient's.

A result sent again takes the place of the earlier one whole: a corrected value may be of another type. One is late, and
changes nothing, when it was sent before the one that is known; when it was issued before that, and corrects nothing; or when
it is preliminary and the other, issued at the same time, is not. What is final is never late for what is preliminary.
"""

from collections.abc import Callable, Iterator, Sequence

from tabard.dialect import Draft
from tabard.fhir import Resource
from tabard.link.belongings import patient_of
from tabard.link.errors import Parked, ParkedReason
from tabard.link.identity import Known, survivor
from tabard.link.moments import is_before

RESULT_TYPES = frozenset({"DiagnosticReport", "Observation"})
_CORRECTING = frozenset({"amended", "appended", "cancelled", "corrected", "entered-in-error"})
_EARLY = frozenset({"registered", "partial", "preliminary"})


class Results:
    """The results of one message, about one patient; visits are looked up once for all of them."""

    def __init__(
        self,
        known: Known,
        patient_id: str,
        drafts: Sequence[Draft],
        *,
        is_sent_before: Callable[[str], bool] = lambda _: False,
        visit_now: Callable[[str], str] = lambda id_: id_,
    ) -> None:
        """`is_sent_before` tells of a report's id whether a later message told it; `visit_now` which visit took another's place."""
        self._known = known
        self._patient_id = patient_id
        self._is_sent_before = is_sent_before
        self._visit_now = visit_now
        self._visits: dict[str, Resource | None] = {}
        self._flags: dict[str, None] = {}
        self._older = frozenset(name for draft in drafts for name in self._late(draft.resource))

    @property
    def flags(self) -> tuple[str, ...]:
        """What was amiss, each told once."""
        return tuple(self._flags)

    def is_older(self, draft: Draft) -> bool:
        """Whether the report, or the report that the value belongs to, is older than the one that is known."""
        return f"{draft.resource['resourceType']}/{draft.resource['id']}" in self._older

    def taken(self, draft: Draft) -> Resource:
        """The report or value as it goes into the record. Raises Parked where its number is another patient's."""
        self.require_own(draft)
        return self.on_visit(draft.resource)

    def require_own(self, draft: Draft) -> None:
        """Raises Parked where the number of what is told is another patient's."""
        held = self._known.get(draft.resource["resourceType"], draft.resource["id"])
        if held is not None and patient_of(held) is not None and not is_of(self._known, held, self._patient_id):
            raise Parked(ParkedReason.result_of_another_patient)

    def on_visit(self, told: Resource) -> Resource:
        """What is told, on its visit where that is known and the patient's."""
        plain = {element: value for element, value in told.items() if element != "encounter"}
        context = told.get("context", {})  # of a DocumentReference
        if isinstance(context, dict) and "encounter" in context:
            visits = [one for named in context["encounter"] for _, one in self._visit(named)]
            rest = {key: value for key, value in context.items() if key != "encounter"}
            plain["context"] = {**rest, "encounter": visits} if visits else rest
        return {**plain, **dict(self._visit(told.get("encounter")))}

    def _late(self, told: Resource) -> Iterator[str]:
        """References to a late report and to its values."""
        if told["resourceType"] != "DiagnosticReport":
            return
        held = self._known.get("DiagnosticReport", told["id"])
        if held is None or (held["status"] in _EARLY and told["status"] not in _EARLY):
            return  # what is final follows what is preliminary, whatever two clocks say
        if self._is_sent_before(told["id"]) or _is_earlier(told, held):
            self._flags["OBR-22:older-than-known"] = None
            yield f"DiagnosticReport/{told['id']}"
            yield from (value["reference"] for value in told.get("result", []))

    def _visit(self, named: Resource | None) -> Iterator[tuple[str, Resource]]:
        """The visit that a result names: linked where it is known and the patient's, else told apart by a flag."""
        if named is None:
            return
        visit = self._held_visit(named["reference"].partition("/")[2])
        if visit is None:
            self._flags["PV1-19:visit-not-known"] = None
            yield "encounter", {key: value for key, value in named.items() if key != "reference"}
        elif is_of(self._known, visit, self._patient_id):
            yield "encounter", {**named, "reference": f"Encounter/{visit['id']}"}
        else:
            self._flags["PV1-19:visit-of-another-patient"] = None

    def _held_visit(self, id_: str) -> Resource | None:
        """The visit, or the one in its place; looked up once for all values."""
        if id_ not in self._visits:
            self._visits[id_] = self._known.get("Encounter", self._visit_now(id_))
        return self._visits[id_]


def _is_earlier(told: Resource, held: Resource) -> bool:
    if told["status"] in _CORRECTING or "issued" not in told or "issued" not in held:
        return False
    if is_before(told["issued"], held["issued"]):
        return True
    return told["status"] in _EARLY and held["status"] not in _EARLY and told["issued"] == held["issued"]


def is_of(known: Known, resource: Resource, patient_id: str) -> bool:
    """Whether the visit or result is the patient's, merges considered."""
    named = patient_of(resource) or ""
    return named == patient_id or survivor(known, named) == patient_id
