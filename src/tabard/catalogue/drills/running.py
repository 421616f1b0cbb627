"""Running a drill: on a copy, step by step, with an outcome that a centre can put on record."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tabard.catalogue.drills.bad_days import BAD_DAYS
from tabard.catalogue.drills.ground import Done, ground_of
from tabard.ground.errors import CallerError
from tabard.ground.time import Clock, system_clock


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was drilled, every step of it, and whether all of them came out as they should."""

    name: str
    steps: tuple[Done, ...]

    @property
    def is_well(self) -> bool:
        """Whether a centre would have come through."""
        return bool(self.steps) and all(one.is_well for one in self.steps)


def drill(
    catalogue: Path, name: str, clock: Clock = system_clock, tell: Callable[[Done], None] = lambda _: None
) -> Outcome:
    """Drill the bad day of that name on a copy of the catalogue in the folder `catalogue`; nothing of it is written there.

    `tell` hears each step. Raises CallerError for a name that is none.
    """
    if name not in BAD_DAYS:
        raise CallerError("there is no such drill", where=name, expected=", ".join(BAD_DAYS))
    with TemporaryDirectory(prefix="tabard-drill-") as folder:
        ground = ground_of(catalogue, Path(folder), clock)
        BAD_DAYS[name](ground)
        for one in ground.done:
            tell(one)
        return Outcome(name, tuple(ground.done))
