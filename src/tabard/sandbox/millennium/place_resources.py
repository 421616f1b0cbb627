"""The hospital as Millennium's FHIR tells it: Organization, Locations down to the bed, Practitioners."""

from tabard.fhir import Resource
from tabard.sandbox.layout import Clinician, Layout
from tabard.sandbox.millennium.coding import Codes, narrative, standard

CONSULTANT_SYSTEM = "urn:oid:1.2.826.0.1.0000.4"
"""National consultant codes, as this pretend Millennium names them."""


def organization(codes: Codes, id_: str, layout: Layout) -> Resource:
    """The trust."""
    return {
        "resourceType": "Organization",
        "id": id_,
        "text": narrative("Organization", [("Name", layout.name)]),
        "active": True,
        "type": [codes.concept("Facility(s)", (278, "783"), standard("organization-type", "prov", "Provider"))],
        "name": layout.name,
    }


def location(codes: Codes, id_: str, name: str, kind: tuple[str, str, str], organization_id: str) -> Resource:
    """A place; `kind` is Millennium's own code of its kind and HL7's code and words for it."""
    own, code, words = kind
    return {
        "resourceType": "Location",
        "id": id_,
        "text": narrative("Location", [("Name", name), ("Status", "Active")]),
        "identifier": [{"value": f"{id_}|FSI^~{name.upper()}^~{own}"}],
        "status": "active",
        "name": name,
        "mode": "instance",
        "physicalType": codes.concept(words, (222, own), standard("location-physical-type", code, words)),
        "managingOrganization": {"reference": f"Organization/{organization_id}"},
    }


SITE, WARD, BAY, BED = ("783", "si", "Site"), ("794", "wa", "Ward"), ("789", "ro", "Room"), ("788", "bd", "Bed")


def practitioner(codes: Codes, id_: str, doctor: Clinician) -> Resource:
    """A doctor by the national code."""
    full = f"{doctor.family}, {doctor.given}"
    kind = codes.concept("Consultant Number", (320, "6662"), standard("v2-0203", "DN", "Doctor number"))
    return {
        "resourceType": "Practitioner",
        "id": id_,
        "text": narrative("Practitioner", [("Name", full), ("Status", "Active")]),
        "identifier": [{"type": kind, "system": CONSULTANT_SYSTEM, "value": doctor.code}],
        "active": True,
        "name": [
            {
                "use": "usual",
                "text": full,
                "family": doctor.family,
                "given": [doctor.given],
                "prefix": [doctor.title],
            }
        ],
    }
