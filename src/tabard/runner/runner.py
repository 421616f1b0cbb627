"""The runner of one hospital: starts the servers of products, keeps them, asks them, ends them."""

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from starlette.types import ASGIApp

from tabard.ground.errors import TabardError
from tabard.ground.time import Clock, system_clock
from tabard.runner import calling, state
from tabard.runner.cgroups import Cgroups, cgroups
from tabard.runner.confinement import DATA, FHIR, Mount, limits_of
from tabard.runner.door import Doors, listening
from tabard.runner.environment import made, mounts_of
from tabard.runner.errors import PartDown, PartTooSlow
from tabard.runner.host import Host, this_host
from tabard.runner.keeping import Keeper
from tabard.runner.model import Answer, Deployment, Health, Rhythm, State
from tabard.runner.process import Confined, Wanted
from tabard.runner.uids import uid_of

AppOf = Callable[[str], ASGIApp]
"""Answers what a product is served on its own socket: the application knows who asks by that alone."""

_MOST_CALLS = 8
_MB = 1024 * 1024


@dataclass(slots=True)
class _Part:
    """A part that is kept: what it was started from, its keeper, and its own listening socket."""

    deployment: Deployment
    health: Health
    folder: Path
    turns: threading.BoundedSemaphore
    keeper: Keeper | None = None
    heard: socket.socket | None = None
    process: Confined | None = None


class Runner:
    """Everything of products that runs, below `folder`, while the context is open. Any thread may ask it.

    A part that fails never fails the hospital: how it is stands in `health`. Opening raises CallerError where another
    process runs the parts of this folder.
    """

    def __init__(
        self,
        folder: Path,
        app_of: AppOf,
        clock: Clock = system_clock,
        *,
        host: Callable[[], Host] = this_host,
        groups: Callable[[], Cgroups | None] = cgroups,
        rhythm: Rhythm | None = None,
    ) -> None:
        self._folder = folder
        self._app_of = app_of
        self._clock = clock
        self._host = host
        self._groups = groups
        self._rhythm = rhythm or Rhythm()
        self._parts: dict[str, _Part] = {}
        self._lock = threading.RLock()
        self._open = ExitStack()
        self._doors: Doors | None = None

    def __enter__(self) -> Self:
        """Let nobody else run this folder's parts."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._open.enter_context(state.held(self._folder))
        self._tell()
        return self

    def __exit__(self, *_: object) -> None:
        """End every part, and wait until their processes are gone."""
        for product in tuple(self._parts):
            self.stop(product)
        if self._doors is not None:
            self._doors.stop()
            self._doors = None
        self._open.close()

    def start(self, deployment: Deployment) -> None:
        """Run a product's server from now on, in place of the one that was there. Returns at once.

        Where this host cannot confine it nothing is run, and its health says why.
        """
        product = deployment.product
        self.stop(product)
        health = Health(product, deployment.digest, State.starting, self._clock())
        part = _Part(deployment, health, self._folder / product, threading.BoundedSemaphore(_MOST_CALLS))
        with self._lock:
            self._parts[product] = part
        try:
            self._prepare(part)
        except (TabardError, OSError) as fault:
            self._noted(part, State.given_up, str(fault), 0)

    def stop(self, product: str) -> None:
        """End a product's server, with everything that it began; nothing where none is kept."""
        with self._lock:
            part = self._parts.pop(product, None)
        if part is None:
            return
        if part.keeper is not None:
            part.keeper.stop()
        if part.heard is not None:
            part.heard.close()
        if self._doors is not None:
            self._doors.close(self._door_path(part))
        self._tell()

    def sweep(self, kept: Iterable[str]) -> None:
        """Remove the code and environments of products that are not `kept`, and of their earlier versions; data stay."""
        wanted = set(kept)
        for folder in (one for one in self._folder.iterdir() if one.is_dir()):
            running = self._parts.get(folder.name)
            digest = running.deployment.digest if running is not None and folder.name in wanted else None
            for place in (folder / "versions").glob("*"):
                if place.name != digest:
                    shutil.rmtree(place, ignore_errors=True)

    def call(
        self,
        product: str,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        timeout_s: float | None = None,
    ) -> Answer:
        """What a product's server answers, in `timeout_s` or the manifest's, whichever is less. Blocking.

        Raises PartDown, PartTooSlow or BadAnswer, none of which holds anything of question or answer.
        """
        with self._lock:
            part = self._parts.get(product)
        if part is None or part.health.state is not State.running or part.process is None:
            reason = "not started" if part is None else part.health.reason or part.health.state
            raise PartDown("the product's server is not running", where=product, got=reason)
        most = float(part.deployment.server.timeout_s)
        limit = most if timeout_s is None else min(timeout_s, most)
        if not part.turns.acquire(timeout=limit):
            raise PartTooSlow("too many wait for the product's server", where=product)
        try:
            until = part.process.pidfd
            return calling.call(
                self._part_path(part), method, path, body, headers, timeout_s=limit, until=until if until >= 0 else None
            )
        finally:
            part.turns.release()

    def health(self) -> tuple[Health, ...]:
        """How each part is, by product."""
        with self._lock:
            parts = [self._parts[product] for product in sorted(self._parts)]
        memory = [None if part.keeper is None else part.keeper.memory_bytes() for part in parts]
        return tuple(replace(part.health, memory_bytes=held) for part, held in zip(parts, memory, strict=True))

    def digests(self) -> dict[str, str]:
        """The digest that each part was started from, by product."""
        with self._lock:
            return {product: part.deployment.digest for product, part in self._parts.items()}

    def _prepare(self, part: _Part) -> None:
        """All that can be had without waiting; the rest is the keeper's."""
        host = self._host()
        product, server = part.deployment.product, part.deployment.server
        uid = uid_of(self._folder, product) if host.is_root else None
        self._make_folders(part.folder, uid)
        part.heard = listening(self._part_path(part), None)
        if self._doors is None:
            self._doors = Doors()
        self._doors.open(self._door_path(part), self._app_of(product), uid)
        groups = self._groups()
        group = None if groups is None else groups.make(product, limits_of(server))
        limits_by = "rlimits" if group is None else "cgroup v2 and rlimits"
        is_filtered = host.system_filter is not None
        part.health = replace(part.health, uid=uid, limits_by=limits_by, is_filtered=is_filtered)
        part.keeper = Keeper(
            product,
            lambda: self._begun(part, host, uid, group),
            self._part_path(part),
            server.start_s,
            server.memory_mb * _MB,
            lambda how, reason, restarts: self._noted(part, how, reason, restarts),
            self._rhythm,
        )
        part.keeper.start()

    def _begun(self, part: _Part, host: Host, uid: int | None, group: Path | None) -> Confined:
        """The part's process, running; its code and environment are made where they are not there yet."""
        deployment = part.deployment
        files = {} if (part.folder / "versions" / deployment.digest).is_dir() else deployment.files()
        place = made(host, part.folder / "versions", deployment.digest, files, uid)
        mounts = (
            *mounts_of(host, place),
            Mount(part.folder / "data", DATA, is_writable=True),
            Mount(self._door_path(part), FHIR),
        )
        command = (str(host.python), "-s", "-P", "-m", deployment.server.module)
        limits, output = limits_of(deployment.server), part.folder / "output.log"
        part.process = Confined(host, Wanted(command, mounts, limits, uid, output, part.heard, group))
        return part.process

    def _make_folders(self, folder: Path, uid: int | None) -> None:
        for place in (folder, folder / "versions", folder / "sockets", folder / "data"):
            place.mkdir(mode=0o700, exist_ok=True)
        if uid is not None:
            os.chown(folder / "data", uid, uid)

    def _part_path(self, part: _Part) -> Path:
        return part.folder / "sockets" / "part.sock"

    def _door_path(self, part: _Part) -> Path:
        return part.folder / "sockets" / "fhir.sock"

    def _noted(self, part: _Part, how: State, reason: str, restarts: int) -> None:
        part.health = replace(part.health, state=how, reason=reason, restarts=restarts, since=self._clock())
        self._tell()

    def _tell(self) -> None:
        with self._lock:
            parts = [self._parts[product] for product in sorted(self._parts)]
            state.tell(
                self._folder, [(part.health, None if part.process is None else part.process.pid) for part in parts]
            )
