"""Everything about a patient, within scopes and context: the patient, what is about them, then who and what that names.

Source: FHIR R4, OperationDefinition Patient-everything.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from tabard.gateway.api.bundles import searchset
from tabard.gateway.api.cursors import Cursors, Place
from tabard.gateway.api.found import Found
from tabard.gateway.api.histories import count_in, instant_in
from tabard.gateway.api.looking import Looking, may_show, outside
from tabard.gateway.api.reading import PAGE, Reading, bearer
from tabard.gateway.api.request import Pairs
from tabard.gateway.api.screening import Screened
from tabard.gateway.api.shaping import Shape, split
from tabard.gateway.errors import Refused, bad_request
from tabard.gateway.freshness import notices, waits_for
from tabard.gateway.model import Rights
from tabard.gateway.policy import COMPARTMENT, SERVED, SURROUNDINGS
from tabard.gateway.policy.subjects import subjects_of
from tabard.gateway.ports import Stored

_ASKED = frozenset({"_count", "_since", "_type"})
_PRESENTATION = frozenset({"_format", "_pretty"})
_FORBIDDEN = 403


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked: parameters as they came, how many to a page, since when, of which types, how much of each."""

    parameters: Pairs
    count: int
    since: datetime | None
    types: tuple[str, ...]
    shape: Shape


@dataclass(frozen=True, slots=True)
class Everything:
    """Blocking; safe from any thread. Raises Refused, and CallerError for what the record refuses."""

    reading: Reading
    cursors: Cursors

    @property
    def looking(self) -> Looking:
        """Who reads."""
        return self.reading.looking

    def of(self, rights: Rights, patient: str, pairs: Pairs) -> Found:
        """A page, the first or (with `_page`) a later one."""
        path = f"Patient/{patient}/$everything"
        asked, stage, cursor = self._asked(rights, path, pairs)
        stages = [kind for kind in ("Patient", *COMPARTMENT, *sorted(SURROUNDINGS)) if kind in asked.types]
        self._require(rights, patient, stages)
        found: list[Stored] = []
        while stage < len(stages) and len(found) < asked.count:
            more, cursor = self._stage(rights, patient, stages[stage], asked, asked.count - len(found), cursor)
            found += more
            stage += cursor is None
        shown = [self.looking.shown(rights, one) for one in found]
        url = f"{self.looking.base}/{path}"
        links = {"self": f"{url}?{urlencode(pairs)}" if pairs else url}
        if stage < len(stages):
            place = Place(bearer(rights), path, asked.parameters, asked.count, f"{stage}|{cursor or ''}")
            links["next"] = f"{url}?{PAGE}={self.cursors.seal(place)}"
        waiting = self.looking.waiting.of_search(rights, (("patient", patient),), shown)
        told = (*notices(self.reading.feeds()), *map(waits_for, waiting))
        body = searchset(self.looking.base, shown, (), told, links=links, total=None, shape=asked.shape)
        seen = tuple(f"{one.type}/{one.id}" for one in shown)
        return Found(body, seen, is_waiting=bool(waiting), patients=subjects_of(shown))

    def _require(self, rights: Rights, patient: str, stages: list[str]) -> None:
        """Refuse another patient, and rights that reach nothing of what is asked for."""
        within = self.looking.limit(rights, "Patient", "r")
        if within.ids is not None and patient not in within.ids:
            raise outside()
        self.looking.read(rights, "Patient", patient)
        if not any(self._is_open(rights, kind) for kind in stages):
            raise outside()

    def _is_open(self, rights: Rights, kind: str) -> bool:
        """Whether the rights let the type be read and searched; what they do not is left out of everything."""
        try:
            self.looking.limit(rights, kind, "r")
            self.looking.limit(rights, kind, "s")
        except Refused as refused:
            if refused.status != _FORBIDDEN:
                raise
            return False
        return True

    def _stage(
        self, rights: Rights, patient: str, kind: str, asked: _Asked, most: int, cursor: str | None
    ) -> tuple[list[Stored], str | None]:
        """More of one type, and where it goes on; None at its end."""
        if not self._is_open(rights, kind):
            return [], None
        within = self.looking.limit(rights, kind, "s")
        about: Pairs = (("_id", patient),) if kind == "Patient" else ()
        if kind in COMPARTMENT:
            about = ((COMPARTMENT[kind], f"Patient/{patient}"),)
        if asked.since is not None and kind not in self.looking.elsewhere:
            about = (*about, ("_lastUpdated", f"ge{asked.since.isoformat()}"))
        page = self.reading.page(rights, kind, Screened(about, most), cursor, within)
        if page is None:
            return [], None
        return [one for one in page.matches if may_show(within, one)], page.next

    def _asked(self, rights: Rights, path: str, pairs: Pairs) -> tuple[_Asked, int, str | None]:
        tokens = [value for name, value in pairs if name == PAGE]
        if not tokens:
            return _read(pairs), 0, None
        if len(pairs) > 1:
            raise bad_request("cursor", "A paging link is followed as it is, with nothing added.")
        place = self.cursors.open(tokens[0], bearer(rights), path)
        stage, _, cursor = place.cursor.partition("|")
        return _read(place.parameters), int(stage), cursor or None


def _read(pairs: Pairs) -> _Asked:
    """Raises Refused for a parameter that the operation does not take here."""
    rest, shape = split(pairs)
    told = [pair for pair in rest if pair[0] not in _PRESENTATION]
    names = [name for name, _ in told]
    if not _ASKED.issuperset(names) or len(set(names)) < len(names) or shape.is_count:
        raise bad_request(
            "parameters", "$everything takes _count, _since and _type, each once.", remedy="Leave the others out."
        )
    values = dict(told)
    types = tuple(_types(values.get("_type"))) or SERVED
    kept = (*told, *shape.pairs)
    return _Asked(kept, count_in(values.get("_count")), instant_in(values.get("_since")), types, shape)


def _types(told: str | None) -> Iterator[str]:
    for one in told.split(",") if told else ():
        if one not in SERVED:
            raise bad_request(
                "type", "_type names a type that is not served here.", remedy="See the CapabilityStatement."
            )
        yield one
