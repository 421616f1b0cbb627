"""Playing a story: one step after the other, timed; the first that fails ends it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec

from tabard.demo.house import SignIn
from tabard.demo.model import Outcome, Step
from tabard.demo.stage import Stage
from tabard.ground.errors import TabardError


@dataclass(frozen=True, slots=True)
class Play:
    """What became of a story."""

    outcomes: tuple[Outcome, ...]
    addresses: dict[str, str]
    people: dict[str, tuple[SignIn, ...]]

    @property
    def ok(self) -> bool:
        """Whether every step came true."""
        return all(outcome.ok for outcome in self.outcomes)

    def told(self) -> dict[str, Any]:
        """As the file of `--json` holds it."""
        steps = [{"name": one.name, "ok": one.ok, "seconds": round(one.seconds, 3)} for one in self.outcomes]
        return {"steps": steps, "addresses": self.addresses, "people": msgspec.to_builtins(self.people)}


def play(steps: Sequence[Step], stage: Stage, before: Callable[[Step], None], after: Callable[[Outcome], None]) -> Play:
    """Play the steps; `before` and `after` are told of each. What comes after a failed step is not played."""
    outcomes: list[Outcome] = []
    for step in steps:
        before(step)
        outcomes.append(_act(step, stage))
        after(outcomes[-1])
        if not outcomes[-1].ok:
            break
    return Play(tuple(outcomes), stage.addresses, stage.people)


def _act(step: Step, stage: Stage) -> Outcome:
    began = time.perf_counter()
    try:
        told, ok = step.act(stage), True
    except TabardError as fault:
        told, ok = str(fault), False
    except (httpx.HTTPError, OSError, LookupError, ValueError) as fault:
        # An answer that has not the shape that was promised is a step that failed, told by its kind alone.
        told, ok = f"{type(fault).__name__} while playing the step", False
    return Outcome(step.name, ok, time.perf_counter() - began, told)
