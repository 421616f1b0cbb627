"""Whether a context is one at all: looked up before it is promised to anybody."""

from tabard.fhir import Resource, decode
from tabard.gateway.errors import Refused, forbidden
from tabard.gateway.model import Context, EncounterContext, PatientContext, WardContext
from tabard.gateway.policy.references import is_about
from tabard.gateway.ports import Record

_SURVIVED_BY = "replaced-by"


def check_context(record: Record, context: Context) -> None:
    """Refuse what is not in the record, and a visit of somebody else. Raises Refused."""
    match context:
        case PatientContext(patient):
            _there(record, "Patient", patient)
        case WardContext(ward):
            _there(record, "Location", ward)
        case EncounterContext(encounter, patient):
            _there(record, "Patient", patient)
            if not is_about(_there(record, "Encounter", encounter), "subject", f"Patient/{patient}"):
                raise forbidden("context", "This visit is not this patient's.")


def check_choice(record: Record, context: PatientContext | EncounterContext) -> None:
    """The same for what a person chose, who must not choose a patient merged into another. Raises Refused."""
    check_context(record, context)
    if any(link.get("type") == _SURVIVED_BY for link in _there(record, "Patient", context.patient).get("link", ())):
        raise forbidden(
            "merged", "This patient was merged into another record.", remedy="Open the record that they live on in."
        )


def _there(record: Record, resource_type: str, resource_id: str) -> Resource:
    stored = record.read(resource_type, resource_id)
    if stored is None:
        raise Refused(404, "not-found", "context", f"There is no such {resource_type} here.")
    return decode(stored.body)
