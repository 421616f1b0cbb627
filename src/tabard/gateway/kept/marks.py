"""Marks: how what a product keeps says, in the record and in every answer, that it is not in the record system. Pure."""

from typing import Any

from tabard.fhir import Resource

KEPT = "urn:tabard:kept"
"""The system of the tag in `meta.tag`, and with the product behind it `meta.source`, which only the record sets."""

NOT_IN_EHR = "not-in-ehr"
_DISPLAY = "Kept by a product; not in the record system"


def source_of(client: str) -> str:
    """What stands in `meta.source` of what a product keeps."""
    return f"{KEPT}:{client}"


def keeper_of(resource: Resource) -> str | None:
    """The product that keeps this; None for what came any other way."""
    source = resource.get("meta", {}).get("source")
    start = f"{KEPT}:"
    return source.removeprefix(start) if isinstance(source, str) and source.startswith(start) else None


def is_kept(resource: Resource) -> bool:
    """Whether a product keeps this."""
    return keeper_of(resource) is not None


def marked(resource: Resource) -> Resource:
    """The resource with the tag, once, in the place of any of the kind that it had."""
    meta = dict(resource.get("meta", {}))
    others = [tag for tag in meta.get("tag", ()) if not _is_ours(tag)]
    meta["tag"] = [*others, {"system": KEPT, "code": NOT_IN_EHR, "display": _DISPLAY}]
    return {**resource, "meta": meta}


def _is_ours(tag: Any) -> bool:
    return isinstance(tag, dict) and tag.get("system") in {KEPT, SUBSETTED}


SUBSETTED = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
"""The system of the tag of an answer that holds only some elements: never kept, and never to be written back."""
