"""US Core as UK Core: what a Millennium's resource says of its shape, said for England. Pure.

It claims US Core, and profiles of its own: these claims are taken out, and none of UK Core is made in their place, for it was
not built after one. US extensions that say something else here are left out, unless they hold a code of ours: an ethnic
category of the NHS is told where UK Core has it, and no American one is turned into it. All else is kept as it is: codes with
their systems, data-absent-reason, extensions of FHIR itself.
Source: FHIR R4 5.3.0.3 (meta.profile); UK Core STU3, Extension-UKCore-EthnicCategory; US Core 4.0, race and ethnicity.
"""

from collections.abc import Mapping
from typing import Any

from tabard.fhir import Resource, nhs_number

NHS_NUMBER_OID = "urn:oid:2.16.840.1.113883.2.1.4.1"
"""The NHS number's own OID, by which HL7 v2 and v3 name it; a system of its own is what FHIR has in England."""

_OF_FHIR = "http://hl7.org/fhir/StructureDefinition/"
_US = "http://hl7.org/fhir/us/"
_ETHNIC = ("us-core-race", "us-core-ethnicity")
_UK_ETHNIC = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory"
_UK_CATEGORIES = "https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategory"


def with_nhs_number(systems: Mapping[str, str]) -> dict[str, str]:
    """The EHR's identifier systems by the record's, the NHS number by its OID where nothing else is said of either."""
    is_told = nhs_number.SYSTEM in systems or NHS_NUMBER_OID in systems.values()
    return {**systems} if is_told else {**systems, nhs_number.SYSTEM: NHS_NUMBER_OID}


def profiles(told: Any) -> list[str]:
    """The claims of `meta.profile` that hold in England too: those of FHIR itself."""
    claimed = told if isinstance(told, list) else []
    return [one for one in claimed if isinstance(one, str) and one.startswith(_OF_FHIR)]


def extensions(values: list[Any]) -> list[Any]:
    """A list of extensions without those that mean something in the US only; it is the same list where there are none."""
    if not any(_is_american(one) for one in values):
        return values
    told = (_shaped(one) for one in values)
    return [one for one in told if one is not None]


def _is_american(extension: Any) -> bool:
    url = extension.get("url") if isinstance(extension, dict) else None
    return isinstance(url, str) and url.startswith(_US)


def _shaped(extension: Any) -> Any:
    if not _is_american(extension):
        return extension
    if not extension["url"].endswith(_ETHNIC):
        return None
    inner = extension.get("extension")
    codings = [one.get("valueCoding") for one in (inner if isinstance(inner, list) else ()) if isinstance(one, dict)]
    ours: list[Resource] = [one for one in codings if isinstance(one, dict) and _is_ours(one)]
    return {"url": _UK_ETHNIC, "valueCodeableConcept": {"coding": ours}} if ours else None


def _is_ours(coding: Resource) -> bool:
    return str(coding.get("system", "")).startswith(_UK_CATEGORIES)
