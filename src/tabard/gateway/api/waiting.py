"""About which patients of an answer messages are held: what is shown of these may not be current, however live the feeds are.

Also of an answer that found nothing: what waits may be just what was looked for. Nobody outside the context is told of.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tabard.gateway.api.request import Pairs
from tabard.gateway.model import EncounterContext, PatientContext, Rights, WardContext
from tabard.gateway.policy import ReachMemory
from tabard.gateway.ports import Stored, Waits

_NAMING = frozenset({"patient", "subject"})
_PATIENT = "Patient/"
_REFERENCE = re.compile(rb'"reference":\s*"Patient/([A-Za-z0-9\-.]{1,64})["/]')


@dataclass(frozen=True, slots=True)
class Waiting:
    """Asks `waits`, which is None where nothing is ever held. One quick question is all it costs while nothing is."""

    waits: Waits | None
    reach: ReachMemory

    def of_one(self, stored: Stored) -> bool:
        """Whether messages are held about whom a resource is about."""
        return self.waits is not None and self.waits.is_any() and any(map(self.waits.is_about, _patients_in(stored)))

    def of_search(self, rights: Rights, parameters: Pairs, shown: Iterable[Stored]) -> tuple[str, ...]:
        """The ids of the patients whom a search's answer is about, and of whom messages are held."""
        if self.waits is None or not self.waits.is_any():
            return ()
        about = {*self._asked_for(rights, parameters), *(id_ for stored in shown for id_ in _patients_in(stored))}
        return tuple(filter(self.waits.is_about, sorted(about)))

    def _asked_for(self, rights: Rights, parameters: Pairs) -> Iterable[str]:
        match rights.context:
            case PatientContext(patient) | EncounterContext(_, patient):
                return (patient,)
            case WardContext():
                named = frozenset(_named(parameters))
                return named and named & self.reach.of(rights).ids("Patient")
            case _:
                return _named(parameters)


def _patients_in(stored: Stored) -> Iterable[str]:
    """Whom a resource is or names; of a Patient only itself, as whom it is linked with is somebody else."""
    if stored.type == "Patient":
        return (stored.id,)
    return {found.decode() for found in _REFERENCE.findall(stored.body)}


def _named(parameters: Pairs) -> Iterator[str]:
    """The ids of the patients whom a search names."""
    for name, value in parameters:
        if name.partition(":")[0] in _NAMING:
            yield from (one.removeprefix(_PATIENT) for one in value.split(","))
