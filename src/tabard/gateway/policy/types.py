"""The resource types behind the door; any other is not served.

Source: FHIR R4, CompartmentDefinition "patient".
"""

COMPARTMENT = {
    "Encounter": "subject",
    "Observation": "subject",
    "DiagnosticReport": "subject",
}
"""Types of the patient compartment besides Patient, with the element that names the patient (a search parameter too)."""

SURROUNDINGS = frozenset({"Location", "Practitioner", "Organization"})
"""Types that belong to no patient: seen only where a permitted resource refers to them."""

WRITTEN = ("Appointment", "DocumentReference")
"""Types of which only what products wrote here is read, by its id, and only where products may write them."""

SERVED = ("Patient", *COMPARTMENT, *sorted(SURROUNDINGS))
"""All types that the gateway serves."""
