"""Content negotiation: JSON is spoken here, and nothing else. Pure. Source: FHIR R4 3.1.0.1.11, 3.1.0.1.12."""

from functools import lru_cache

from tabard.gateway.errors import Refused

JSON = b"application/fhir+json;charset=UTF-8"
_FORMATS = frozenset({"json", "text/json", "application/json", "application/fhir+json", "application/json+fhir"})
_ACCEPTED = _FORMATS | {"*/*", "application/*"}


def require_json(accept: str | None, formats: list[str]) -> None:
    """Refuse (406) a caller that wants anything but JSON; `_format` outweighs Accept."""
    wants = all(_bare(each.replace(" ", "+")) in _FORMATS for each in formats) if formats else accepts_json(accept)
    if not wants:
        raise Refused(
            406,
            "not-supported",
            "format",
            "Only application/fhir+json is spoken here.",
            remedy="Accept application/fhir+json.",
        )


@lru_cache(maxsize=256)
def accepts_json(accept: str | None) -> bool:
    """Whether an Accept header takes JSON; none takes anything."""
    return accept is None or any(_bare(part) in _ACCEPTED and not _is_refused(part) for part in accept.split(","))


def _bare(part: str) -> str:
    return part.split(";", maxsplit=1)[0].strip().lower()


def _is_refused(part: str) -> bool:
    return any(each.replace(" ", "") in {"q=0", "q=0.0"} for each in part.lower().split(";")[1:])
