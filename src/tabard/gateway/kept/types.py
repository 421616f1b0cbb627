"""Which types products may keep: those about one patient that no link writes back and no other system answers for. Pure."""

from collections.abc import Collection

from tabard.gateway.policy import COMPARTMENT

_IDENTITY = frozenset({"Encounter", "EpisodeOfCare", "RelatedPerson"})
_OWN = frozenset({"Provenance"})
_ASKING = frozenset(
    [
        "Appointment",
        "AppointmentResponse",
        "DeviceRequest",
        "MedicationRequest",
        "NutritionOrder",
        "ServiceRequest",
        "SupplyRequest",
        "VisionPrescription",
    ]
)
NEVER_KEPT = _IDENTITY | _OWN | _ASKING
"""Who is who and where comes by links alone; what is known of a writing the gateway writes itself; and an order or a
booking that is kept here reaches nobody who would carry it out, however it is marked."""


def keepable(written_back: Collection[str], elsewhere: Collection[str]) -> frozenset[str]:
    """The types that a product may keep at a hospital whose links write back and whose record system answers for some."""
    return frozenset(COMPARTMENT) - NEVER_KEPT - frozenset(written_back) - frozenset(elsewhere)
