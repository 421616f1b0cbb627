"""A product's server as the runner knows it: what is to run, how it is, what it answered. Frozen values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tabard.product import Server


@dataclass(frozen=True, slots=True)
class Deployment:
    """What is to run: the server of a product, out of the files that `digest` names; `files` reads them, once.

    `files` may raise TabardError, which is then the reason why the part is down.
    """

    product: str
    digest: str
    server: Server
    files: Callable[[], Mapping[str, bytes]]


class State(StrEnum):
    """How a product's server is."""

    starting = "starting"
    running = "running"
    waiting = "waiting"
    """It ended, and is started again after a pause."""
    given_up = "given_up"
    """It ended, or did not start, so often that it is not started again."""
    stopped = "stopped"


@dataclass(frozen=True, slots=True)
class Health:
    """How a product's server is, and since when; `reason` tells why it last ended ("" where it never did).

    `restarts` counts since the hospital was started. `memory_bytes` is what all its processes hold, None where nothing
    runs. `limits_by` says what enforces the limits, `uid` the user it runs as, `is_filtered` whether system calls are.
    """

    product: str
    digest: str
    state: State
    since: datetime
    restarts: int = 0
    reason: str = ""
    memory_bytes: int | None = None
    limits_by: str = ""
    uid: int | None = None
    is_filtered: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole HTTP answer of a part; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How patient the runner is, in seconds: pauses double from `first_pause_s` to `longest_pause_s`.

    After `most_failures` in a row it gives up; a run of `steady_s` ends the row. Running parts are looked at every `look_s`.
    """

    first_pause_s: float = 1.0
    longest_pause_s: float = 60.0
    most_failures: int = 6
    steady_s: float = 60.0
    look_s: float = 2.0
