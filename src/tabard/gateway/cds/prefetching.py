"""Prefetch: what a service wants to know beforehand, read with the service's own rights and nobody else's.

Source: CDS Hooks 2.0, "Prefetch Template".
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from tabard.gateway.api.found import Found
from tabard.gateway.api.reading import Reading
from tabard.gateway.cds.model import Occasion
from tabard.gateway.cds.sharing import Read, Sharing
from tabard.gateway.errors import Refused
from tabard.gateway.http import parameters_of
from tabard.gateway.model import EncounterContext, Rights
from tabard.ground.errors import CallerError, PeerError

_TOKEN = re.compile(r"\{\{\s*([A-Za-z.]+)\s*\}\}")
_READ = re.compile(r"([A-Z][A-Za-z]{1,63})/([A-Za-z0-9\-.]{1,64})")
_SEARCH = re.compile(r"([A-Z][A-Za-z]{1,63})\?(.+)")


class Prefetched(NamedTuple):
    """What could be had, by key, as JSON; what the audit is told of it; and the keys that could not be had."""

    values: Mapping[str, msgspec.Raw]
    seen: tuple[str, ...]
    missing: tuple[str, ...]


def prefetched(
    reading: Reading,
    rights: Rights,
    occasion: Occasion,
    templates: tuple[tuple[str, str], ...],
    sharing: Sharing | None = None,
) -> Prefetched:
    """All that `templates` ask for and `rights` let be seen. Never raises: what is refused or fails is missing.

    What another service of the same firing reads meanwhile is waited for once everything else is had.
    """
    values: dict[str, msgspec.Raw] = {}
    seen: list[str] = []
    missing: list[str] = []
    shared = sharing or Sharing()
    begun = [(key, _begun(shared, reading, rights, template, occasion)) for key, template in templates]
    for key, ended in begun:
        try:
            found = ended()
        except (CallerError, PeerError):
            missing.append(key)
        else:
            values[key] = msgspec.Raw(found.body)
            seen += found.seen
    return Prefetched(values, tuple(dict.fromkeys(seen)), tuple(missing))


def filled(template: str, occasion: Occasion) -> str:
    """The template with the occasion's ids in it. Raises Refused for a token that this occasion does not have."""
    known = tokens(occasion)

    def fill(found: re.Match[str]) -> str:
        if found[1] not in known:
            raise Refused(412, "required", "token", "The template asks for what this hook does not tell.")
        return known[found[1]]

    return _TOKEN.sub(fill, template)


def tokens(occasion: Occasion) -> dict[str, str]:
    """The tokens that a template may use: ids of the record alone, so that nothing in them can end a query early."""
    known = {"context.patientId": occasion.context.patient}
    if isinstance(occasion.context, EncounterContext):
        known["context.encounterId"] = occasion.context.encounter
    if occasion.user:
        known["context.userId"] = occasion.user
        kind, _, user = occasion.user.partition("/")
        known[f"user{kind}Id"] = user
    return known


def _begun(shared: Sharing, reading: Reading, rights: Rights, template: str, occasion: Occasion) -> Read:
    """How to have what a template asks for."""
    try:
        query = filled(template, occasion)
    except Refused:
        return lambda: _asked(reading, rights, filled(template, occasion))  # refused once more, where that is told
    return shared.begin(rights, query, lambda: _asked(reading, rights, query))


def _asked(reading: Reading, rights: Rights, query: str) -> Found:
    if (read := _READ.fullmatch(query)) is not None:
        return reading.read(rights, read[1], read[2])
    if (search := _SEARCH.fullmatch(query)) is not None:
        return reading.search(rights, search[1], parameters_of(search[2].encode("ascii", "replace")))
    raise Refused(412, "required", "template", "The template is neither a read nor a search.")
