"""Exports over HTTP: asked for, looked after, fetched and taken away.

Source: FHIR Bulk Data Access 2.0.0, "Bulk Data Kick-off Request" to "Bulk Data Output File Request".
"""

import asyncio
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec
import structlog

from tabard.audit import AuditEvent, AuditLog, AuditUnavailable, Outcome
from tabard.gateway.api.access import Tokens, rights_of
from tabard.gateway.api.answers import answer_refused
from tabard.gateway.api.histories import instant_in
from tabard.gateway.errors import Refused, bad_request, forbidden
from tabard.gateway.export.jobs import Jobs
from tabard.gateway.export.model import Job, Output, State
from tabard.gateway.http import NO_STORE, Answer, Receive, Scope, Send, headers_of, parameters_of, send_answer
from tabard.gateway.model import Rights
from tabard.gateway.policy import COMPARTMENT, SERVED, permits
from tabard.gateway.policy.scoping import is_service
from tabard.ground.errors import CallerError
from tabard.ground.time import Clock, to_instant

_WHOLE, _PATIENTS, _STATUS, _FILES = "$export", "Patient/$export", "$export-status/", "$export-file/"
_FORMATS = frozenset({"application/fhir+ndjson", "application/ndjson", "ndjson"})
_ASKED = frozenset({"_outputFormat", "_since", "_type"})
_NDJSON = (b"content-type", b"application/fhir+ndjson")
_JSON = (b"content-type", b"application/json")
_CHUNK = 256 * 1024
_log = structlog.get_logger("tabard.gateway.export")


class Done(NamedTuple):
    """An answer; where there is a `file`, that is its body."""

    answer: Answer
    file: Path | None = None


def is_export(path: str) -> bool:
    """Whether a path, relative to the FHIR base, is of an export."""
    return path in (_WHOLE, _PATIENTS) or path.startswith((_STATUS, _FILES))


@dataclass(frozen=True, slots=True)
class ExportApp:
    """Everything below the FHIR base that has to do with exports; only backend services have any."""

    base: str
    jobs: Jobs
    tokens: Tokens
    audit: AuditLog
    clock: Clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send, path: str) -> None:
        """Answer one request; `path` is relative to the base."""
        del receive
        done = await asyncio.to_thread(self._answered, scope, path)
        await (send_answer(send, done.answer) if done.file is None else _send_file(send, done.file))

    def _answered(self, scope: Scope, path: str) -> Done:
        rights: Rights | None = None
        try:
            rights = rights_of(headers_of(scope).get("authorization"), self.tokens, self.clock)
            _require_service(rights)
            done = self._dispatch(scope, path, rights)
            self._write(rights, path, Outcome.granted, None)
        except Refused as refused:
            return Done(self._refused(rights, path, refused))
        except AuditUnavailable as error:
            return Done(answer_refused(Refused(503, "transient", "audit", error.message)))
        except CallerError as error:
            return Done(self._refused(rights, path, bad_request("export", error.message, remedy=error.remedy)))
        except Exception as error:  # noqa: BLE001  whatever fails inside, the caller is told and nothing leaves
            _log.error("export_failed", error=type(error).__name__)
            return Done(answer_refused(Refused(500, "exception", "failed", "Something failed inside.")))
        return done

    def _dispatch(self, scope: Scope, path: str, rights: Rights) -> Done:
        method = scope["method"]
        if method == "GET" and path in (_WHOLE, _PATIENTS):
            return Done(self._begun(scope, path, rights))
        if method == "GET" and path.startswith(_STATUS):
            return Done(self._status(self.jobs.find(path.removeprefix(_STATUS), rights)))
        if method == "DELETE" and path.startswith(_STATUS):
            self.jobs.cancel(path.removeprefix(_STATUS), rights)
            return Done(Answer(202, NO_STORE))
        if method == "GET" and path.startswith(_FILES):
            job_id, _, name = path.removeprefix(_FILES).partition("/")
            return Done(Answer(200, ()), self._file(self.jobs.find(job_id, rights), name, rights))
        raise Refused(405, "not-supported", "method", "This method is not supported here.")

    def _file(self, job: Job, name: str, rights: Rights) -> Path:
        """A file, for a token that might have asked for it. Raises Refused."""
        path = self.jobs.path(job, name)
        if not permits(rights, name.partition(".")[0], "r"):
            raise forbidden("scope", "The scopes granted do not allow this file.", remedy="Ask for system/TYPE.rs.")
        return path

    def _begun(self, scope: Scope, path: str, rights: Rights) -> Answer:
        if "respond-async" not in headers_of(scope).get("prefer", ""):
            raise bad_request(
                "prefer", "An export is carried out in the background.", remedy="Send Prefer: respond-async."
            )
        types, since = _read(parameters_of(scope["query_string"]), path, rights)
        query = scope["query_string"].decode("ascii", "replace")
        job = self.jobs.begin(rights, f"{self.base}/{path}{'?' if query else ''}{query}", types, since)
        place = f"{self.base}/{_STATUS}{job.id}".encode()
        return Answer(202, ((b"content-location", place), *NO_STORE))

    def _status(self, job: Job) -> Answer:
        if job.state is State.failed:
            raise Refused(500, "exception", "export_failed", "The export failed.", remedy="Ask for it again.")
        if job.state is not State.done or job.at is None:
            return Answer(202, ((b"x-progress", str(job.state).encode()), (b"retry-after", b"2"), *NO_STORE))
        told = {
            "transactionTime": to_instant(job.at),
            "request": job.request,
            "requiresAccessToken": True,
            "output": [self._output(job, one, one.type) for one in job.outputs],
            "error": [self._output(job, one, "OperationOutcome") for one in job.errors],
        }
        return Answer(200, (_JSON, *NO_STORE), msgspec.json.encode(told))

    def _output(self, job: Job, one: Output, kind: str) -> dict[str, object]:
        return {"type": kind, "url": f"{self.base}/{_FILES}{job.id}/{one.name}", "count": one.count}

    def _refused(self, rights: Rights | None, path: str, refused: Refused) -> Answer:
        try:
            self._write(rights, path, Outcome.refused, refused.reason)
        except AuditUnavailable as error:
            return answer_refused(Refused(503, "transient", "audit", error.message))
        return answer_refused(refused)

    def _write(self, rights: Rights | None, path: str, outcome: Outcome, reason: str | None) -> None:
        """What was asked of an export; its id is a secret and stays out."""
        action = "export-" + next(
            (name for name, start in (("status", _STATUS), ("file", _FILES)) if path.startswith(start)), "begin"
        )
        event = AuditEvent(
            self.clock(),
            action,
            outcome,
            person=None if rights is None else rights.person,
            client=None if rights is None else rights.client,
            grant=None if rights is None else rights.grant,
            context="hospital",
            resource=path.rpartition("/")[2].partition(".")[0] if action == "export-file" else None,
            reason=reason,
        )
        self.audit.write(event).result()


def _require_service(rights: Rights) -> None:
    if not is_service(rights):
        raise forbidden("client", "Only a backend service with scopes of a system exports.")


def _read(pairs: tuple[tuple[str, str], ...], path: str, rights: Rights) -> tuple[tuple[str, ...], datetime | None]:
    """Which types, changed since when. Raises Refused for what is not understood, or not within the scopes."""
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names) or not set(names) <= _ASKED:
        raise bad_request("parameters", "An export takes _type, _since and _outputFormat, each once.")
    values = dict(pairs)
    if values.get("_outputFormat", "ndjson") not in _FORMATS:
        raise bad_request("_outputFormat", "Only application/fhir+ndjson is written.")
    known = ("Patient", *COMPARTMENT) if path == _PATIENTS else SERVED
    asked = tuple(dict.fromkeys(values["_type"].split(","))) if values.get("_type") else ()
    if any(one not in known for one in asked):
        raise bad_request("_type", "A type is not exported here.", remedy="See the CapabilityStatement.")
    types = asked or tuple(one for one in known if permits(rights, one, "r"))
    if not types or any(not permits(rights, one, "r") for one in types):
        raise forbidden("scope", "The scopes granted do not allow this export.", remedy="Ask for system/TYPE.rs.")
    return types, instant_in(values.get("_since"))


async def _send_file(send: Send, path: Path) -> None:
    """A file, piece by piece: it may be larger than memory."""
    with path.open("rb") as file:
        headers = (_NDJSON, *NO_STORE, (b"content-length", b"%d" % os.fstat(file.fileno()).st_size))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        while piece := await asyncio.to_thread(file.read, _CHUNK):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
