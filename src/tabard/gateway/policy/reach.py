"""What surrounds a context: the ids that its permitted resources refer to, looked up in the record when needed."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from tabard.fhir import Resource, decode
from tabard.fhir.matching import matches
from tabard.gateway.model import EncounterContext, PatientContext, Rights, WardContext
from tabard.gateway.policy.about import is_of_patient, is_of_visit
from tabard.gateway.policy.references import is_about, referenced
from tabard.gateway.policy.referrers import Shield
from tabard.gateway.policy.scoping import permits, searches
from tabard.gateway.policy.shielding import shielded
from tabard.gateway.policy.stays import IN_PROGRESS, is_staying
from tabard.gateway.policy.types import COMPARTMENT, SURROUNDINGS
from tabard.gateway.ports import Record

_PAGE = 200
_PAGES = 10
"""Looking around stops here; what lies beyond is not reached, hence refused."""

_LOOKED_THROUGH = (
    *("Encounter", "Observation", "DiagnosticReport", "Appointment", "CarePlan", "Condition", "DocumentReference"),
    *("MedicationRequest", "Procedure", "ServiceRequest"),
)
"""Types whose references bring surroundings within reach; others do not, so that a look around stays a few searches."""

_WARD_TYPES = frozenset({"Patient", "Practitioner", "Location"})


@dataclass(frozen=True, slots=True)
class Reach:
    """References reached from a context; `places` are the ward's own Location and those of its beds."""

    references: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()

    def ids(self, resource_type: str) -> frozenset[str]:
        """The ids of one type within reach."""
        start = f"{resource_type}/"
        return frozenset(found[len(start) :] for found in self.references if found.startswith(start))


def reach_of(rights: Rights, record: Record, elsewhere: Collection[str] = ()) -> Reach:
    """What is within reach of the rights' context. A context that is not known reaches nothing.

    Types that are asked `elsewhere` are not looked through: a look at a ward's name must not ask for a patient's results.
    """
    match rights.context:
        case PatientContext(patient) if patient:
            return _around_patient(rights, record, patient, None, elsewhere)
        case EncounterContext(encounter, patient) if encounter and patient:
            return _around_patient(rights, record, patient, encounter, elsewhere)
        case WardContext(ward) if ward:
            return _around_ward(record, ward)
        case _:
            return Reach()


def _around_ward(record: Record, ward: str) -> Reach:
    """The ward and its beds, and who and what the visits there refer to."""
    itself = f"Location/{ward}"
    beds = (bed for bed in _all(record, "Location", (("partof", itself),)) if is_about(bed, "partOf", itself))
    places = frozenset({itself, *(f"Location/{bed['id']}" for bed in beds)})
    where = (("status", IN_PROGRESS), ("location", ",".join(sorted(places))))
    found = set(places)
    shield = Shield(record)
    for visit in _all(record, "Encounter", where):
        if is_staying(visit, places):
            found |= {one for one in referenced(shield.visit(visit)) if _is_of_ward(visit, one)}
    return Reach(frozenset(found), places)


def _is_of_ward(visit: Resource, reference: str) -> bool:
    """A patient is reached only as the visit's subject, never by a mention elsewhere in it."""
    if reference.startswith("Patient/"):
        return is_about(visit, "subject", reference)
    return reference.split("/", maxsplit=1)[0] in _WARD_TYPES


def _around_patient(
    rights: Rights, record: Record, patient: str, encounter: str | None, elsewhere: Collection[str]
) -> Reach:
    """What the patient, their visits, and their results (where the scopes give those) refer to."""
    found: set[str] = set()
    shield = Shield(record)
    for resource in _about_patient(rights, record, patient, encounter, elsewhere):
        found |= {one for one in referenced(shield.resource(resource)) if one.split("/")[0] in SURROUNDINGS}
    return Reach(frozenset(found))


def _about_patient(
    rights: Rights, record: Record, patient: str, encounter: str | None, elsewhere: Collection[str]
) -> Iterator[Resource]:
    reference = f"Patient/{patient}"
    if (stored := record.read("Patient", patient)) is not None:
        yield shielded(decode(stored.body))
    for kind in _LOOKED_THROUGH:
        if kind in elsewhere or (kind != "Encounter" and not permits(rights, kind, "r")):
            continue
        finer = searches(rights, kind, "r") if kind != "Encounter" else ()
        for resource in _all(record, kind, ((COMPARTMENT[kind], reference),)):
            is_permitted = not finer or any(matches(resource, each) for each in finer)
            if is_permitted and is_of_patient(resource, kind, patient) and _is_of_visit(resource, encounter):
                yield resource


def _is_of_visit(resource: Resource, encounter: str | None) -> bool:
    if encounter is None:
        return True
    if resource["resourceType"] == "Encounter":
        return bool(resource["id"] == encounter)
    return is_of_visit(resource, resource["resourceType"], encounter)


def _all(record: Record, kind: str, parameters: tuple[tuple[str, str], ...]) -> Iterator[Resource]:
    cursor: str | None = None
    for _ in range(_PAGES):
        page = record.search(kind, (("_total", "none"),), count=_PAGE, cursor=cursor, within=parameters)
        yield from (decode(stored.body) for stored in page.matches)
        cursor = page.next
        if cursor is None:
            return
