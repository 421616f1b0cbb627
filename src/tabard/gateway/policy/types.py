"""The resource types behind the door; any other is not served.

Source: FHIR R4, CompartmentDefinition "patient", of which the one parameter that says whose a resource is counts here: who
wrote a note, or performed a test, is not whom it is about.
"""

from collections.abc import Mapping
from types import MappingProxyType

from tabard.fhir.search_parameters import patient_compartment, searchable_types

_NOT_SERVED = frozenset(
    {"AuditEvent", "Binary", "Bundle", "Group", "OperationOutcome", "Parameters", "Person", "Subscription"}
)
"""What stands for several patients at once, is no record of anybody, or has a door of its own."""

_WHOSE = ("subject", "patient", "beneficiary", "actor", "individual")


def _whose(parameters: tuple[str, ...]) -> str | None:
    return next((one for one in _WHOSE if one in parameters), None)


COMPARTMENT: Mapping[str, str] = MappingProxyType(
    {
        kind: found
        for kind, parameters in patient_compartment().items()
        if kind not in _NOT_SERVED and kind != "Patient" and (found := _whose(parameters)) is not None
    }
)
"""Types of the patient compartment besides Patient, each with the search parameter that says whose it is."""

SURROUNDINGS = frozenset(searchable_types()) - COMPARTMENT.keys() - _NOT_SERVED - {"Patient"}
"""Types that belong to no patient: seen only where a permitted resource refers to them."""

SERVED = ("Patient", *COMPARTMENT, *sorted(SURROUNDINGS))
"""All types that the gateway serves."""
