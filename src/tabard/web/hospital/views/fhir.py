"""Small questions to FHIR resources, answered the same way on every page. A part that is not there is empty, never an error."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tabard.fhir import Resource

SOURCE_TEXT = "urn:tabard:extension:source-text"
NHS_NUMBER_STATUS = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus"


def id_of(told: Mapping[str, Any] | None) -> str:
    """The id in a Reference `Type/id`, empty when there is none."""
    return str((told or {}).get("reference", "")).rpartition("/")[2]


def concept(told: Mapping[str, Any] | None) -> str:
    """A CodeableConcept in words: its text, else the first display, else the first code."""
    if not told:
        return ""
    codings = told.get("coding", [])
    words = [
        told.get("text"),
        *(coding.get("display") for coding in codings),
        *(coding.get("code") for coding in codings),
    ]
    return next((str(word) for word in words if word), "")


def codes(told: Mapping[str, Any] | None) -> Iterator[str]:
    """Every code of a CodeableConcept."""
    return (str(coding["code"]) for coding in (told or {}).get("coding", []) if "code" in coding)


def source_text(told: Mapping[str, Any] | None) -> str:
    """What the sender wrote where it could not be read, from the element beside a primitive; empty when there is none."""
    held = (one.get("valueString", "") for one in (told or {}).get("extension", []) if one.get("url") == SOURCE_TEXT)
    return str(next(held, ""))


def of_type(resources: Iterable[Resource], type_: str) -> list[Resource]:
    """Those of one resource type, in their order."""
    return [resource for resource in resources if resource.get("resourceType") == type_]
