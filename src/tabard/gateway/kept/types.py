"""Which types products may keep: those about one patient that no link writes back and no other system answers for. Pure."""

from collections.abc import Collection

from tabard.gateway.policy import COMPARTMENT

NEVER_KEPT = frozenset({"AuditEvent", "Encounter", "EpisodeOfCare", "Group", "Patient", "Person", "Provenance"})
"""Who is where and who is who comes by links alone, and what is known of a writing is written by the gateway itself."""


def keepable(written_back: Collection[str], elsewhere: Collection[str]) -> frozenset[str]:
    """The types that a product may keep at a hospital whose links write back and whose record system answers for some."""
    return frozenset(COMPARTMENT) - NEVER_KEPT - frozenset(written_back) - frozenset(elsewhere)
