"""What `tabard sandbox` is told of a pretend hospital's clock, faults and habits, read at the border."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from tabard.ground.errors import CallerError
from tabard.ground.time import Clock, system_clock
from tabard.sandbox import NAMED, Fault, Faults, Habits


def pretend_clock(begin: datetime | None, speed: float) -> Clock:
    """The clock of the machine, or where it is told, one that begins at `begin` (UTC) and goes `speed` times as fast."""
    if begin is None:
        return system_clock
    start, since = begin.replace(tzinfo=UTC), time.monotonic()
    return lambda: start + timedelta(seconds=(time.monotonic() - since) * speed)


def read_faults(told: Sequence[str], seed: int) -> Faults:
    """Faults by their shares, such as `duplicate=0.01`. Raises CallerError."""
    return Faults(dict(_fault(one) for one in told), seed=seed)


def read_habits(name: str | None) -> Habits:
    """The habits of that name; the voice's own when there is none. Raises CallerError."""
    if name is None:
        return Habits()
    if name not in NAMED:
        raise CallerError(
            "these habits are not known",
            where="--habits",
            expected=", ".join(NAMED),
            got=name,
            remedy="take one of these",
        )
    return NAMED[name]


def _fault(told: str) -> tuple[Fault, float]:
    kind, _, share = told.partition("=")
    try:
        fault, number = Fault(kind), float(share)
    except ValueError:
        fault, number = None, 0.0
    if fault is None or not 0 <= number <= 1:
        kinds = ", ".join(one.value for one in Fault)
        raise CallerError(
            "a fault is not told so",
            where="--fault",
            expected=f"KIND=SHARE, a share from 0 to 1 of {kinds}",
            got=told,
            remedy="write it so, such as `--fault duplicate=0.01`; again for more",
        )
    return fault, number
