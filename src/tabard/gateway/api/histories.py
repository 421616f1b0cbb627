"""Histories: the versions of one resource, of a type or of all, newest first, of what may be seen now and then.

What lies in the context is found first and its versions then, so that a history tells of nothing else; a history of a whole
hospital is not told. Source: FHIR R4 3.1.0.11 (history).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from tabard.gateway.api.bundles import history
from tabard.gateway.api.cursors import Cursors, Place
from tabard.gateway.api.found import Found, is_deleted
from tabard.gateway.api.looking import Looking, may_show
from tabard.gateway.api.reading import PAGE, Reading, bearer
from tabard.gateway.api.request import Pairs
from tabard.gateway.api.screening import DEFAULT_COUNT, MAX_COUNT
from tabard.gateway.errors import Refused, bad_request
from tabard.gateway.kept import KeptLook
from tabard.gateway.model import EncounterContext, PatientContext, Rights, WholeHospital
from tabard.gateway.policy import SERVED
from tabard.gateway.policy.subjects import subjects_of
from tabard.gateway.ports import Stored

_MOST = 1_000
"""Resources whose versions one history tells, at most."""
_PRESENTATION = frozenset({"_format", "_pretty"})
_ASKED = frozenset({"_count", "_since"})
_FORBIDDEN = 403


@dataclass(frozen=True, slots=True)
class Histories:
    """Blocking; safe from any thread. Raises Refused, and CallerError for a search the record refuses."""

    looking: Looking
    reading: Reading
    cursors: Cursors
    kept: KeptLook | None = None

    def of(self, rights: Rights, resource_type: str, resource_id: str, pairs: Pairs) -> Found:
        """A page of the history of a resource, of a type where `resource_id` is "", of all where both are."""
        path = "/".join(filter(None, (resource_type, resource_id, "_history")))
        asked, start = self._asked(rights, path, pairs)
        versions = [one for one in self._versions(rights, resource_type, resource_id) if _is_since(one, asked)]
        versions.sort(key=_place, reverse=True)
        later = versions if start is None else [one for one in versions if _place(one) < start]
        shown, rest = later[: asked.count], later[asked.count :]
        links = self._links(rights, path, asked, shown if rest else (), pairs)
        body = history(self.looking.base, shown, links, len(versions))
        seen = tuple(dict.fromkeys(f"{one.type}/{one.id}" for one in shown))
        is_waiting = any(self.looking.waiting.of_one(one) for one in shown if not is_deleted(one))
        told = [one for one in shown if not is_deleted(one)]
        return Found(body, seen, is_waiting=is_waiting, patients=subjects_of(told))

    def _versions(self, rights: Rights, resource_type: str, resource_id: str) -> list[Stored]:
        if resource_id:
            return self._of_one(rights, resource_type, resource_id)
        if isinstance(rights.context, WholeHospital):
            raise Refused(
                400, "too-costly", "costly", "No history of a whole hospital is told.", remedy="Export instead."
            )
        if resource_type:
            return self._of_type(rights, resource_type)
        return self._of_all(rights)

    def _of_one(self, rights: Rights, resource_type: str, resource_id: str) -> list[Stored]:
        within = self.looking.limit(rights, resource_type, "r")
        self.looking.require_versions(resource_type)
        now = self.looking.latest(resource_type, resource_id, within)
        kept = self.looking.record.history(resource_type, resource_id)
        return [
            one if is_deleted(one) else self.looking.shown(rights, one, now)
            for one in kept
            if is_deleted(one) or may_show(within, one)
        ]

    def _of_type(self, rights: Rights, resource_type: str) -> list[Stored]:
        self.looking.limit(rights, resource_type, "s")
        self.looking.require_versions(resource_type)
        found = self.reading.matching(rights, resource_type, (("_total", "none"),), _MOST + 1)
        names = [one.id for one in found]
        names += [one for one in self._deleted(rights, resource_type) if one not in names]
        if len(names) > _MOST:
            raise Refused(
                400, "too-costly", "costly", f"This history is of more than {_MOST} resources.",
                remedy="Ask for the history of one of them.",
            )  # fmt: skip
        return [version for name in names for version in self._quietly(rights, resource_type, name)]

    def _of_all(self, rights: Rights) -> list[Stored]:
        """Of every type that the rights reach. Raises Refused where they reach none."""
        found: list[Stored] = []
        refusals: list[Refused] = []
        for kind in SERVED:
            if kind in self.looking.elsewhere:
                continue
            try:
                found += self._of_type(rights, kind)
            except Refused as refused:
                if refused.status != _FORBIDDEN:
                    raise
                refusals.append(refused)
        if len(refusals) == len(SERVED):
            raise refusals[0]
        return found

    def _quietly(self, rights: Rights, resource_type: str, resource_id: str) -> list[Stored]:
        """The versions that may be seen: none of what was found but is not to be read."""
        try:
            return self._of_one(rights, resource_type, resource_id)
        except Refused:
            return []

    def _deleted(self, rights: Rights, resource_type: str) -> list[str]:
        """The ids of what products kept for the bound patient and deleted."""
        match rights.context:
            case PatientContext(patient) | EncounterContext(_, patient) if self.kept is not None:
                return [one.id for one in self.kept.deleted(patient) if one.type == resource_type]
            case _:
                return []

    def _asked(self, rights: Rights, path: str, pairs: Pairs) -> "tuple[_Asked, _Key | None]":
        tokens = [value for name, value in pairs if name == PAGE]
        if not tokens:
            return _read(pairs), None
        if len(pairs) > 1:
            raise bad_request("cursor", "A paging link is followed as it is, with nothing added.")
        place = self.cursors.open(tokens[0], bearer(rights), path)
        at, kind, id_, version = place.cursor.split("|")
        return _read(place.parameters), (datetime.fromisoformat(at), kind, id_, int(version))

    def _links(
        self, rights: Rights, path: str, asked: "_Asked", shown: Sequence[Stored], pairs: Pairs
    ) -> dict[str, str]:
        url = f"{self.looking.base}/{path}"
        links = {"self": f"{url}?{urlencode(pairs)}" if pairs else url}
        if shown:
            at, kind, id_, version = _place(shown[-1])
            place = Place(
                bearer(rights), path, asked.parameters, asked.count, f"{at.isoformat()}|{kind}|{id_}|{version}"
            )
            links["next"] = f"{url}?{PAGE}={self.cursors.seal(place)}"
        return links


_Key = tuple[datetime, str, str, int]


@dataclass(frozen=True, slots=True)
class _Asked:
    """The parameters of a history."""

    parameters: Pairs
    count: int
    since: datetime | None


def _read(pairs: Pairs) -> _Asked:
    """Raises Refused for a parameter that a history does not take."""
    kept = tuple(pair for pair in pairs if pair[0] not in _PRESENTATION)
    names = [name for name, _ in kept]
    if not _ASKED.issuperset(names) or len(set(names)) < len(names):
        raise bad_request("parameters", "A history takes _count and _since, each once.", remedy="Leave the others out.")
    told = dict(kept)
    return _Asked(kept, count_in(told.get("_count")), instant_in(told.get("_since")))


def count_in(told: str | None) -> int:
    """How many to a page. Raises Refused."""
    if told is None:
        return DEFAULT_COUNT
    if not (told.isascii() and told.isdigit() and int(told[:6]) > 0):
        raise bad_request("count", "_count must be one whole number from 1.")
    return min(int(told[:6]), MAX_COUNT)


def instant_in(told: str | None) -> datetime | None:
    """An instant with its zone. Raises Refused."""
    if told is None:
        return None
    try:
        moment = datetime.fromisoformat(told.replace(" ", "+"))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise bad_request("since", "_since must be an instant.", remedy="Such as 2026-03-01T08:30:00Z.")
    return moment


def _is_since(one: Stored, asked: _Asked) -> bool:
    return asked.since is None or one.updated >= asked.since


def _place(one: Stored) -> _Key:
    return one.updated, one.type, one.id, one.version
