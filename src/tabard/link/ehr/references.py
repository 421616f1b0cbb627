"""References as the EHR writes them: relative, absolute, contained. Pure. Source: FHIR R4 2.3.0 (Reference)."""

import re
from typing import NamedTuple

_RELATIVE = re.compile(r"([A-Z][A-Za-z]{1,63})/([A-Za-z0-9\-.]{1,64})(?:/_history/[^/?#]*)?(?:[?#].*)?")


class Target(NamedTuple):
    """What a reference points at; `id` is None for something outside the tenant, `type` None where it is not told."""

    type: str | None
    id: str | None


def target_of(base: str, reference: str) -> Target:
    """The target of a literal reference that is not a contained one. A host is told apart whatever its case."""
    relative = reference
    if ":" in reference.split("/", maxsplit=1)[0]:  # absolute: a URL, or a URN
        if not reference.lower().startswith(f"{base.lower()}/"):
            parts = reference.split("/_history/", maxsplit=1)[0].rstrip("/").split("/")
            return Target(parts[-2] if len(parts) > 1 and parts[-2][:1].isupper() else None, None)
        relative = reference[len(base) + 1 :]
    found = _RELATIVE.fullmatch(relative)
    return Target(found[1], found[2]) if found else Target(None, None)
