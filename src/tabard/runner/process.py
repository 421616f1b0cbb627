"""One confined process: begun, waited for, ended with everything that it began."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from tabard.runner import begin
from tabard.runner.confinement import LISTENING_FD, Limits, Mount, arguments, limited, root_links
from tabard.runner.host import Host
from tabard.runner.stderr import Kept

_FILTER_FD = 10
_NICE = 5
_ENDING_S = 10.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be run: a command inside, what it sees, its limits, whom it runs as, and where its output goes.

    `uid` is None where we are not root and it runs as we do; `cgroup` is the file of the group that it joins.
    """

    command: tuple[str, ...]
    mounts: tuple[Mount, ...]
    limits: Limits
    uid: int | None
    output: Path
    listening: socket.socket | None = None
    cgroup: Path | None = None


class Confined:
    """A process under bubblewrap, running from when this is made. It ends with us, however we end."""

    def __init__(self, host: Host, wanted: Wanted) -> None:
        ours, theirs = os.pipe()
        fds = [ours] + ([] if wanted.listening is None else [wanted.listening.fileno()])
        command = [sys.executable, "-I", "-S", begin.__file__, str(ours)]
        try:
            self._process = subprocess.Popen(  # noqa: S603  our own program, its arguments are ours
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=fds,
                env={},
                start_new_session=True,
            )
            os.close(ours)
            ours = -1
            with os.fdopen(theirs, "wb") as pipe:
                theirs = -1
                pipe.write(json.dumps(_told(host, wanted)).encode())
        finally:
            for fd in (ours, theirs):
                if fd >= 0:
                    os.close(fd)
        assert self._process.stdout is not None  # noqa: S101  asked for above
        self._lock = threading.Lock()
        self._output = Kept(self._process.stdout, wanted.output)  # type: ignore[arg-type]  # a pipe's reader is one
        self.pidfd = os.pidfd_open(self._process.pid)
        """Readable once the process has ended: for whoever waits for that and for something else."""

    @property
    def pid(self) -> int:
        """The process outside: bwrap, whose child is the namespace's first."""
        return self._process.pid

    def wait(self, timeout_s: float | None = None) -> int | None:
        """How it ended (as subprocess tells it); None where it still runs after `timeout_s`."""
        try:
            return self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return None

    def kill(self) -> None:
        """End it from another thread than the one that waits for it. By its file, not its number: that may be another's by now."""
        with self._lock:
            if self.pidfd >= 0:
                try:
                    signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
                except ProcessLookupError:
                    return

    def end(self) -> int:
        """End it, and everything that it began, at once; how it ended. It may be called again."""
        with _inner(self.pid) as inner:
            self.kill()
            ended = self._process.wait(_ENDING_S)
            for each in inner:
                select.select([each], [], [], _ENDING_S)
        self._output.close()
        with self._lock:
            if self.pidfd >= 0:
                os.close(self.pidfd)
                self.pidfd = -1
        return ended


@contextmanager
def _inner(pid: int) -> Iterator[list[int]]:
    """Files that are readable once the namespace's first process is gone, which is once all in it are."""
    opened: list[int] = []
    try:
        for path in Path(f"/proc/{pid}/task").glob("*/children"):
            with suppress(OSError):
                opened += [os.pidfd_open(int(child)) for child in path.read_text().split()]
        yield opened
    finally:
        for each in opened:
            os.close(each)


def _told(host: Host, wanted: Wanted) -> dict[str, object]:
    """What the first breath is told."""
    staged = _staged(wanted.mounts) if wanted.uid is not None else wanted.mounts
    has_filter = host.system_filter is not None
    return {
        "uid": wanted.uid,
        "mounts": [[str(one.source), str(at.source)] for one, at in zip(wanted.mounts, staged, strict=True)],
        "options": arguments(staged, root_links(), filter_fd=_FILTER_FD if has_filter else None),
        "command": limited(host.prlimit, wanted.limits, wanted.command),
        "filter": None if host.system_filter is None else host.system_filter.hex(),
        "filter_fd": _FILTER_FD,
        "listening_fd": None if wanted.listening is None else wanted.listening.fileno(),
        "listening_at": LISTENING_FD,
        "cgroup": None if wanted.cgroup is None else str(wanted.cgroup),
        "nice": _NICE,
        "bwrap": host.bwrap,
        "setpriv": host.setpriv,
    }


def _staged(mounts: Sequence[Mount]) -> tuple[Mount, ...]:
    """The mounts as the product's user finds them."""
    return tuple(replace(one, source=Path(begin.STAGE, str(at))) for at, one in enumerate(mounts))
