"""The exports of one hospital: one carried out at a time, kept for a day, each only for the client that asked."""

import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from msgspec.structs import replace

from tabard.gateway.errors import Refused
from tabard.gateway.export.exporting import Exporting
from tabard.gateway.export.model import Job, State
from tabard.gateway.model import Rights
from tabard.ground.ids import MakeToken, unguessable
from tabard.ground.private_files import write_private
from tabard.ground.time import Clock

KEPT = timedelta(hours=24)
_MOST_OPEN = 4
_FILE = "job.json"
_UNFINISHED = frozenset({State.waiting, State.running})


class Jobs:
    """Below `folder`, a folder for each export. Safe from any thread; what a stop left unfinished is gone at the next start."""

    def __init__(self, folder: Path, exporting: Exporting, clock: Clock, make_token: MakeToken = unguessable) -> None:
        self._folder = folder
        self._exporting = exporting
        self._clock = clock
        self._make_token = make_token
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(1, "tabard-export")
        self._jobs = {job.id: job for job in map(_read, folder.glob(f"*/{_FILE}")) if job is not None}
        for job in [one for one in self._jobs.values() if one.state in _UNFINISHED]:
            self._drop(job.id)

    def begin(self, rights: Rights, request: str, types: tuple[str, ...], since: datetime | None) -> Job:
        """Have it carried out. Raises Refused (429) where too many wait already."""
        with self._lock:
            self._sweep()
            if sum(job.state in _UNFINISHED for job in self._jobs.values()) >= _MOST_OPEN:
                raise Refused(429, "throttled", "busy", "Too many exports wait.", remedy="Ask again in a minute.")
            job = Job(self._make_token(), rights.client or "", request, types, since, self._clock())
            place = self._folder / job.id
            place.mkdir(mode=0o700, parents=True)
            self._put(job)
        self._threads.submit(self._run, job, rights)
        return job

    def find(self, job_id: str, rights: Rights) -> Job:
        """The export, for whose it is. Raises Refused (404) to everybody else."""
        with self._lock:
            self._sweep()
            job = self._jobs.get(job_id)
        if job is None or job.client != rights.client:
            raise Refused(404, "not-found", "export", "There is no such export of yours, or not any more.")
        return job

    def cancel(self, job_id: str, rights: Rights) -> None:
        """End it and take its files away. Raises Refused (404)."""
        job = self.find(job_id, rights)
        with self._lock:
            self._drop(job.id)

    def path(self, job: Job, name: str) -> Path:
        """One of its files. Raises Refused (404)."""
        if name not in {one.name for one in (*job.outputs, *job.errors)}:
            raise Refused(404, "not-found", "file", "There is no such file of this export.")
        return self._folder / job.id / name

    def close(self) -> None:
        """Begin no more; the one in hand ends at its next type."""
        with self._lock:
            for job in [one for one in self._jobs.values() if one.state in _UNFINISHED]:
                self._drop(job.id)
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _run(self, job: Job, rights: Rights) -> None:
        if not self._is_wanted(job):
            return
        self._move(replace(job, state=State.running))
        done = self._exporting.carry_out(job, rights, self._folder / job.id, self._goes_on(job))
        self._move(done)

    def _goes_on(self, job: Job) -> Callable[[], bool]:
        return lambda: self._is_wanted(job)

    def _is_wanted(self, job: Job) -> bool:
        with self._lock:
            return job.id in self._jobs

    def _move(self, job: Job) -> None:
        with self._lock:
            if job.id in self._jobs:
                self._put(job)

    def _put(self, job: Job) -> None:
        self._jobs[job.id] = job
        write_private(self._folder / job.id / _FILE, msgspec.json.encode(job))

    def _drop(self, job_id: str) -> None:
        self._jobs.pop(job_id, None)
        shutil.rmtree(self._folder / job_id, ignore_errors=True)

    def _sweep(self) -> None:
        over = self._clock() - KEPT
        for job in [one for one in self._jobs.values() if one.begun <= over]:
            self._drop(job.id)


def _read(path: Path) -> Job | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Job)
    except (OSError, msgspec.DecodeError):
        return None
