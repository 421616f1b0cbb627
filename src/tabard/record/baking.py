"""What the record makes of a resource: its content, which versions are compared by, and the body that readers get."""

import re
from datetime import datetime
from hashlib import sha256
from typing import Any

from tabard.fhir import Resource, canonical, encode
from tabard.ground.time import to_instant
from tabard.record.errors import BadResource
from tabard.record.model import Stored

_BAKED = ("versionId", "lastUpdated", "source")
_TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}", re.ASCII)


def named(resource: Resource) -> tuple[str, str]:
    """Its type and id. Raises BadResource unless both are of FHIR's form."""
    found: tuple[Any, Any] = resource.get("resourceType"), resource.get("id")
    for value, form, where in zip(found, (_TYPE, _ID), ("resourceType", "id"), strict=True):
        if not isinstance(value, str) or form.fullmatch(value) is None:
            raise BadResource("This is no resource to keep.", where=where, expected=form.pattern)
    if not isinstance(resource.get("meta", {}), dict):
        raise BadResource("This is no resource to keep.", where="meta", expected="an object")
    return found


def content_of(resource: Resource) -> Resource:
    """The resource without what the record itself writes into `meta`; `meta` goes when nothing is left in it."""
    meta = {key: value for key, value in resource.get("meta", {}).items() if key not in _BAKED}
    content = {key: value for key, value in resource.items() if key != "meta"}
    return content | {"meta": meta} if meta else content


def digest_of(content: Resource) -> bytes:
    """What tells one content from another, whatever the order of its keys. Raises BadResource for what is no JSON."""
    try:
        return sha256(canonical(content)).digest()
    except (UnicodeError, RecursionError):  # the fault would quote the text
        raise BadResource("This is no resource to keep.", expected="text of Unicode, without lone surrogates") from None


def bake(content: Resource, version: int, updated: datetime, source: str) -> Stored:
    """The content as a version: its number, time and link in `meta`, and all in FHIR's order."""
    resource_type, resource_id = content["resourceType"], content["id"]
    meta = {"versionId": str(version), "lastUpdated": to_instant(updated), "source": source, **content.get("meta", {})}
    head = {"resourceType": resource_type, "id": resource_id, "meta": meta}  # in this order, as readers expect
    body = encode(head | content | {"meta": meta})
    return Stored(resource_type, resource_id, version, updated, body, source)
