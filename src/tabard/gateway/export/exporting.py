"""Writing an export: type by type, resource by resource, through the very policy of reading, the audit told of everybody."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog
from msgspec.structs import replace

from tabard.audit import AuditEvent, AuditLog, Outcome
from tabard.fhir import encode, operation_outcome
from tabard.gateway.api.looking import Looking, may_show
from tabard.gateway.errors import Refused
from tabard.gateway.export.model import Job, Output, Scan, State
from tabard.gateway.model import Rights
from tabard.gateway.policy.subjects import subjects_of
from tabard.gateway.ports import Stored
from tabard.ground.time import Clock

_PAGE = 500
_MOST_PATIENTS = 1000
"""Patients to one event of the audit."""

_ELSEWHERE = "This type is asked of the record system one patient at a time and cannot be exported here."
_log = structlog.get_logger("tabard.gateway.export")


@dataclass(frozen=True, slots=True)
class Exporting:
    """Carries exports out. Blocking."""

    looking: Looking
    scan: Scan
    audit: AuditLog
    clock: Clock

    def carry_out(self, job: Job, rights: Rights, folder: Path, goes_on: Callable[[], bool]) -> Job:
        """The job with its files written into `folder`, or failed. Ends early where it is not to go on any more."""
        at = self.clock()
        try:
            outputs: list[Output] = []
            errors: list[Output] = []
            for kind in job.types:
                if not goes_on():
                    break
                (errors if kind in self.looking.elsewhere else outputs).append(self._type(job, rights, folder, kind))
        except Exception as fault:  # noqa: BLE001  whatever fails, the job says so and the service goes on
            _log.error("export failed", why=type(fault).__name__)
            return replace(job, state=State.failed, at=at)
        return replace(job, state=State.done, at=at, outputs=_filled(outputs), errors=_filled(errors))

    def _type(self, job: Job, rights: Rights, folder: Path, kind: str) -> Output:
        """One file of one type."""
        if kind in self.looking.elsewhere:
            return _written(folder, f"{kind}.error.ndjson", kind, iter([_outcome(_ELSEWHERE)]))
        return _written(folder, f"{kind}.ndjson", kind, self._lines(job, rights, kind))

    def _lines(self, job: Job, rights: Rights, kind: str) -> Iterator[bytes]:
        try:
            within = self.looking.limit(rights, kind, "r")
        except Refused:
            return
        after, patients = 0, dict[str, None]()
        while page := self.scan(kind, job.since, after, _PAGE):
            after = page[-1].key
            shown = [self.looking.shown(rights, one.stored) for one in page if may_show(within, one.stored)]
            patients.update(dict.fromkeys(_whom(shown)))
            if len(patients) >= _MOST_PATIENTS:
                self._write(rights, kind, patients)
                patients.clear()
            yield from (one.body for one in shown)
        self._write(rights, kind, patients)

    def _write(self, rights: Rights, kind: str, patients: dict[str, None]) -> None:
        """The audit, told of whom what was written out is about; durable before anybody can fetch it."""
        event = AuditEvent(
            self.clock(),
            "export",
            Outcome.granted,
            person=rights.person,
            client=rights.client,
            grant=rights.grant,
            context="hospital",
            resource=kind,
            patients=tuple(patients),
        )
        self.audit.write(event).result()


def _whom(shown: list[Stored]) -> tuple[str, ...]:
    return (*(one.id for one in shown if one.type == "Patient"), *subjects_of(shown))


def _written(folder: Path, name: str, kind: str, lines: Iterator[bytes]) -> Output:
    """A file of one resource a line, for its owner alone."""
    count = 0
    handle = os.open(folder / name, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        for line in lines:
            file.write(line + b"\n")
            count += 1
    return Output(name, kind, count)


def _filled(outputs: list[Output]) -> tuple[Output, ...]:
    return tuple(one for one in outputs if one.count)


def _outcome(sentence: str) -> bytes:
    return encode(operation_outcome("error", "not-supported", sentence))
