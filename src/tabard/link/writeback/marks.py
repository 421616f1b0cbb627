"""Marks: how a resource in the record says that it is not, or not surely, in the record system. Pure."""

from tabard.fhir import Resource
from tabard.link.writeback.model import WORDS, WriteState

STATE = "urn:tabard:write-back"
"""The system of the tag in `meta.tag` that names the state."""

REASON = "urn:tabard:extension:write-back-reason"
"""On the resource: why it is in this state, in a sentence."""


def marked(resource: Resource, state: WriteState, reason: str) -> Resource:
    """The resource with the tag and the reason of `state`, in the place of any that it had."""
    plain = unmarked(resource)
    if state is WriteState.confirmed:
        return plain
    meta = plain.get("meta", {})
    tag = {"system": STATE, "code": state.value, "display": WORDS[state]}
    told = {**plain, "meta": {**meta, "tag": [*meta.get("tag", ()), tag]}}
    if reason:
        told["extension"] = [*plain.get("extension", ()), {"url": REASON, "valueString": reason}]
    return told


def unmarked(resource: Resource) -> Resource:
    """The resource without any such mark."""
    told = {name: value for name, value in resource.items() if name not in {"meta", "extension"}}
    meta = dict(resource.get("meta", {}))
    if tags := [tag for tag in meta.pop("tag", ()) if tag.get("system") != STATE]:
        meta["tag"] = tags
    if kept := [one for one in resource.get("extension", ()) if one.get("url") != REASON]:
        told["extension"] = kept
    return {**told, "meta": meta} if meta else told


def state_in(resource: Resource) -> WriteState | None:
    """The state that the resource's tag names; None where it has no such tag."""
    for tag in resource.get("meta", {}).get("tag", ()):
        if tag.get("system") == STATE:
            return WriteState(tag["code"])
    return None
