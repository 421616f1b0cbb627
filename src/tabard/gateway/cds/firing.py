"""Firing: what the record system tells of visits asks the services of encounter-start and encounter-discharge.

Only what comes live fires: a replay or an opening load sets nothing off. Nobody waits for it: what the services say is kept
for those who open the patient.
"""

import threading
from collections.abc import Callable, Sequence
from queue import Empty, Full, Queue
from typing import Any, NamedTuple, Protocol

import structlog

from tabard.fhir import Resource, decode
from tabard.gateway.cds.model import Advice, Hook, Occasion
from tabard.gateway.model import CLINICIAN, EncounterContext
from tabard.gateway.ports import Stored, Versioned

_log = structlog.get_logger("tabard.gateway.cds")
_MOST_WAITING = 10_000
_WAIT_S = 0.5
_BEFORE_START = frozenset({None, "planned", "arrived", "triaged"})
_THERE = frozenset({"in-progress", "onleave"})
_PATIENT = "Patient/"


class Versions(Protocol):
    """The record's versions."""

    def read_version(self, resource_type: str, resource_id: str, version: int, /) -> Stored | None:
        """One of them, from 1."""


class _Visit(NamedTuple):
    id: str
    version: int


class Firing:
    """Hears what the links wrote, and asks in a thread of its own, from `start` to `stop`."""

    def __init__(
        self,
        versions: Versions,
        advise: Callable[[Occasion], Sequence[Advice]],
        keep: Callable[[Occasion, Sequence[Advice]], None],
    ) -> None:
        self._versions = versions
        self._advise = advise
        self._keep = keep
        self._waiting: Queue[_Visit] = Queue(_MOST_WAITING)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tabard-firing", daemon=True)

    def hear(self, changes: Sequence[Versioned], is_replay: bool) -> None:  # noqa: FBT001  as the links call it
        """What a batch wrote. Never waits: where too much waits already, what comes fires nothing, and that is logged."""
        if is_replay:
            return
        for change in changes:
            if change.type == "Encounter":
                try:
                    self._waiting.put_nowait(_Visit(change.id, change.version))
                except Full:
                    _log.error("hooks not fired", why="too many visits wait")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the visit in hand."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                visit = self._waiting.get(timeout=_WAIT_S)
            except Empty:
                continue
            try:
                self._fire(visit)
            except Exception as fault:  # noqa: BLE001  one visit's fault must not end the asking for all that follow
                _log.error("hooks not fired", why=type(fault).__name__)

    def _fire(self, visit: _Visit) -> None:
        now = self._version(visit.id, visit.version)
        before = self._version(visit.id, visit.version - 1) if visit.version > 1 else None
        hook = None if now is None else happened(before, now)
        if now is None or hook is None:
            return
        occasion = Occasion(hook, EncounterContext(visit.id, _patient_of(now)), f"hook/{hook}", frozenset({CLINICIAN}))
        told = self._advise(occasion)
        self._keep(occasion, told)

    def _version(self, visit_id: str, version: int) -> Resource | None:
        stored = self._versions.read_version("Encounter", visit_id, version)
        return None if stored is None else decode(stored.body)


def happened(before: Resource | None, now: Resource) -> Hook | None:
    """Which moment of care a visit has come to by its newest version; None for none."""
    was, is_now = None if before is None else before.get("status"), now.get("status")
    if not _patient_of(now):
        return None
    if was in _BEFORE_START and is_now == "in-progress":
        return Hook.encounter_start
    return Hook.encounter_discharge if was in _THERE and is_now == "finished" else None


def _patient_of(visit: Resource) -> str:
    subject: Any = visit.get("subject")
    reference = subject.get("reference", "") if isinstance(subject, dict) else ""
    return str(reference).removeprefix(_PATIENT) if str(reference).startswith(_PATIENT) else ""
