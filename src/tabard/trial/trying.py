"""Living through a day with a product: each part in its own way, and everything that was recorded of it."""

import asyncio
import os
import time
from contextlib import ExitStack
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from threading import Thread

from tabard.accreditation import CouldNot, Fared, PartTried, Scene, Trial
from tabard.ground.errors import ProductError, TabardError
from tabard.product import Kind, Package, Part
from tabard.runner import Unconfinable
from tabard.trial.hook_day import HookDay
from tabard.trial.hospital import LORENZO, MILLENNIUM, pretend_hospital, pretend_millennium
from tabard.trial.recorder import Recorder, Tell
from tabard.trial.scenarios import Scenario, scenarios_in
from tabard.trial.serving import served, service_of

SWITCH = "TABARD_TRIAL"
"""The variable that, set to `off`, leaves trials out of checks: their rules are then not assessed."""

_OFF = "off"
_AT_ONCE = 3
"""Hospitals at which the plays of an app go on at once: most of a page's time is waiting for it to come to rest."""

_OURS = "tell whoever looks after this checker: the fault is in it; a person must try the product at a pretend hospital"
_NO_BROWSER = CouldNot("no browser was asked for", "run it again with a browser")
_BY_HAND = "or have a person try the product at a pretend hospital (docs/do/try-a-product.md)"


def try_product(package: Package, tell: Tell = lambda _: None, *, with_browser: bool = True) -> Trial | CouldNot:
    """What a product did in its day; CouldNot where no part of it could be lived with here. Blocking, and isolated.

    Without a browser its apps are told as untried.
    Whatever fails inside is told and never raised: a trial that breaks is none.
    """
    answer: SimpleQueue[Trial | CouldNot] = SimpleQueue()
    # A thread of its own: the caller may be within an event loop.
    thread = Thread(target=lambda: answer.put(_guarded(package, tell, with_browser=with_browser)), name="trial")
    thread.start()
    thread.join()
    return answer.get()


def check_product(package: Package, tell: Tell = lambda _: None, *, with_browser: bool = True) -> Trial | CouldNot:
    """The same for the rules; CouldNot as well where this machine's `TABARD_TRIAL` is `off`."""
    if os.environ.get(SWITCH) == _OFF:
        return CouldNot(f"trials are switched off here ({SWITCH}={_OFF})", f"run it again without that, {_BY_HAND}")
    return try_product(package, tell, with_browser=with_browser)


def _guarded(package: Package, tell: Tell, *, with_browser: bool) -> Trial | CouldNot:
    try:
        with TemporaryDirectory(prefix="tabard-trial-") as folder:
            return _tried(package, Path(folder), tell, with_browser=with_browser)
    except Exception as fault:  # noqa: BLE001  whatever happens in a trial, the rules that need none still speak
        words = fault.message if isinstance(fault, TabardError) else type(fault).__name__
        return CouldNot(f"the pretend hospital failed ({words})", _OURS)


def _tried(package: Package, folder: Path, tell: Tell, *, with_browser: bool) -> Trial | CouldNot:
    began, executable = time.monotonic(), _browser(with_browser=with_browser)
    if isinstance(executable, CouldNot) and not _of_kind(package, Kind.hook):
        return executable
    tell("Opening the pretend hospital")
    count = 1 if isinstance(executable, CouldNot) or not _of_kind(package, Kind.app) else _AT_ONCE
    with ExitStack() as stack:
        places = [folder / str(at) for at in range(count + 1)]
        for place in places:
            place.mkdir()
        millennium = stack.enter_context(pretend_millennium(places[0], package.manifest))
        here = tuple(stack.enter_context(pretend_hospital(place, package.manifest)) for place in places[1:])
        recorder = Recorder(package, here, millennium, tell, {"tabard": version("tabard")})
        parts = {**_apps(recorder, executable), **_hooks(recorder, folder)}
    if all(one.untried for one in parts.values()):
        first = next(iter(parts.values()))
        return CouldNot(first.untried, first.remedy)
    measured = {"seconds": f"{time.monotonic() - began:.1f}", **recorder.measured}
    ordered = tuple(parts[at] for at in sorted(parts))
    return Trial(ordered, tuple(sorted(recorder.tools.items())), (LORENZO, MILLENNIUM), tuple(sorted(measured.items())))


def _of_kind(package: Package, kind: Kind) -> list[tuple[int, Part]]:
    return [(at, part) for at, part in enumerate(package.manifest.parts) if part.kind is kind]


def _scenarios(package: Package, at: int) -> list[Scenario]:
    return [one for one in scenarios_in(package.files) if one.part == at]


def _browser(*, with_browser: bool) -> Path | CouldNot:
    """The browser's program, or why there is none and what a person must then do."""
    from tabard.accreditation.probing.finding import find_chromium  # noqa: PLC0415  looks for an optional part

    found = find_chromium() if with_browser else _NO_BROWSER
    return CouldNot(found.reason, f"{found.remedy}, {_BY_HAND}") if isinstance(found, CouldNot) else found


def _apps(recorder: Recorder, executable: Path | CouldNot) -> dict[int, PartTried]:
    parts = _of_kind(recorder.package, Kind.app)
    if not parts:
        return {}
    if isinstance(executable, CouldNot):
        return {at: recorder.untried(at, part, executable.reason, executable.remedy) for at, part in parts}
    from tabard.trial.app_trial import live_apps  # noqa: PLC0415  needs the optional part

    return asyncio.run(
        live_apps(recorder, str(executable), [(at, part, _scenarios(recorder.package, at)) for at, part in parts])
    )


def _hooks(recorder: Recorder, folder: Path) -> dict[int, PartTried]:
    parts, package = _of_kind(recorder.package, Kind.hook), recorder.package
    if not parts:
        return {}
    try:
        with served(recorder.hospitals[0], package, folder) as (services, hooks):
            told: dict[int, PartTried] = {}
            for at, part in parts:
                service = service_of(package, part)
                if service is None:
                    told[at] = recorder.untried(at, part, "no hospital has this hook yet", "have a person judge it")
                    continue
                recorder.tell(f"Asking {part.title} about pretend patients")
                since, here = recorder.marks(), recorder.hospitals[0]
                day = HookDay(part, service, here, hooks, services.gate)
                services.gate.changes.clear()
                day.live()
                day.live_at(recorder.millennium)
                scenarios = [day.play(one) for one in _scenarios(package, at)]
                told[at] = recorder.tried(at, part, since, day.scenes, scenarios, services.gate.changes, set())
            return told
    except Unconfinable as fault:
        remedy = f"{fault.remedy}, {_BY_HAND}"
        return {at: recorder.untried(at, part, fault.message, remedy) for at, part in parts}
    except ProductError as fault:
        scene = Scene("opened", Fared.failed, f"{fault.message}")
        return {at: replace(recorder.untried(at, part, "", ""), scenes=(scene,)) for at, part in parts}
