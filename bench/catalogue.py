"""Measures the catalogue at 10,000 products: building and signing it, what a site fetches, and how long that takes.

Over loopback HTTP. Targets: a cold refresh under 14 kB and 30 ms; one changed product, of 30 that are installed, at most
4 files. And the reach of a recall at 1,000 simulated sites, a tenth of them offline, on a clock that is moved.
Run: python bench/catalogue.py [--json FILE] [--products N] [--sites N]
"""

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from time import perf_counter

HERE = Path(__file__).parents[1]
sys.path.insert(0, str(HERE / "tests"))

from edge.catalogue.mirror import Mirror, a_web_mirror  # noqa: E402  the tests' own mirror and centre
from tabard.catalogue import Client, Entry, How, begin, export  # noqa: E402
from tabard.ground.keys import new_signing_key  # noqa: E402
from unit.catalogue.centre import BEGAN, VERIFIER, Centre, Moving, a_centre  # noqa: E402
from unit.catalogue.many_sites import a_recall_reaches  # noqa: E402

ROUNDS = 20
INSTALLED = 30
COLD_BYTES, COLD_MS, CHANGED_FILES = 14 * 1024, 30.0, 4


@dataclass(slots=True)
class Told:
    """What was measured, by name."""

    found: dict[str, float] = field(default_factory=dict)

    def say(self, name: str, value: float) -> None:
        """Keep and print a figure."""
        self.found[name] = round(value, 2)
        print(f"{name:56}{value:14,.2f}", flush=True)

    def time(self, name: str, work: Callable[[], object]) -> None:
        """Do the work, and keep its milliseconds."""
        began = perf_counter()
        work()
        self.say(f"{name}, ms", (perf_counter() - began) * 1e3)


def a_large_centre(folder: Path) -> Centre:
    """A centre with its accreditors, 256 bins and no product."""
    clock = Moving(BEGAN)
    begin(folder / "catalogue", folder / "offline", VERIFIER, clock)
    centre = Centre(folder, clock, new_signing_key(), new_signing_key())
    centre.publishing.enrol(centre.trust(), centre.keys("targets"))
    return centre


def entries(centre: Centre, many: int) -> list[Entry]:
    """So many products, each with a decision of its own."""
    return [centre.entry(product=f"product-{number:05}") for number in range(many)]


def building(centre: Centre, many: int, told: Told) -> None:
    """All products in one edition, one more, and everything signed anew."""
    made = entries(centre, many)
    told.time(f"publish {many:,} products in one edition", lambda: centre.publishing.publish(*made))
    one = centre.entry(product="product-00000")
    told.time("publish one product more", lambda: centre.publishing.publish(one))
    centre.clock.move(hours=13)
    told.time("sign timestamp anew, unattended", centre.publishing.refresh)
    centre.clock.move(days=16)
    told.time("sign catalogue, 256 bins, snapshot, timestamp anew", centre.publishing.refresh)


def fetched(mirror: Mirror, work: Callable[[], object]) -> tuple[int, int]:
    """How many files were fetched, and how many bytes."""
    mirror.asked.clear()
    work()
    files = [path for name in mirror.asked if (path := mirror.folder / name).is_file()]
    return len(files), sum(path.stat().st_size for path in files)


def site(centre: Centre, source: str, folder: Path) -> Client:
    """A site that pins the newest root and has read nothing."""
    return Client(folder, source, centre.publishing.root(), centre.clock)


def looking(centre: Centre, mirror: Mirror, folder: Path, told: Told) -> None:
    """A cold refresh, a warm one, a change of one product with 30 installed."""
    client = site(centre, mirror.source, folder / "first")
    files, size = fetched(mirror, client.refresh)
    told.say("cold refresh, files", files)
    told.say("cold refresh, bytes", size)
    times = []
    for number in range(ROUNDS):
        client = site(centre, mirror.source, folder / f"cold-{number}")
        began = perf_counter()
        client.refresh()
        times.append((perf_counter() - began) * 1e3)
    told.say(f"cold refresh, ms, median of {ROUNDS}", statistics.median(times))
    installed = [f"product-{number:05}" for number in range(INSTALLED)]
    files, size = fetched(mirror, lambda: [client.entry(one) for one in installed])
    told.say(f"{INSTALLED} entries after that, files", files)
    told.say(f"{INSTALLED} entries after that, bytes", size)
    centre.clock.move(minutes=5)
    centre.publishing.publish(centre.entry(centre.listed("1.0.1", product=installed[3]), product=installed[3]))

    def again() -> None:
        client.refresh()
        for one in installed:
            client.entry(one)

    began = perf_counter()
    files, size = fetched(mirror, again)
    told.say("one changed product, files", files)
    told.say("one changed product, bytes", size)
    told.say(f"one changed product and {INSTALLED} entries, ms", (perf_counter() - began) * 1e3)
    files, _ = fetched(mirror, client.refresh)
    told.say("warm refresh, files", files)


def main() -> None:
    """Print the figures, and write them as JSON where asked; not met is told, and exits 1."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--json", type=Path)
    asked.add_argument("--products", type=int, default=10_000)
    asked.add_argument("--sites", type=int, default=1_000)
    given, told = asked.parse_args(), Told()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        centre = a_large_centre(folder / "large")
        building(centre, given.products, told)
        with a_web_mirror(centre.public) as mirror:
            looking(centre, mirror, folder, told)
        root, few = centre.publishing.root(), [f"product-{number:05}" for number in range(INSTALLED)]
        began = perf_counter()
        stick = export(str(centre.public), root, folder / "stick", products=few, clock=centre.clock)
        told.say(f"export with {INSTALLED} packages, ms", (perf_counter() - began) * 1e3)
        told.say("export, bytes", stick.size_bytes)
        small = a_centre(folder / "small")
        small.publishing.publish(small.entry())
        began = perf_counter()
        reach, offline, needed = a_recall_reaches(small, folder / "sites", given.sites)
        told.say(f"{given.sites:,} sites: simulated minutes until all online had acted", needed)
        told.say(f"{given.sites:,} sites: acted", len(reach.named(How.acted)))
        told.say(
            f"{given.sites:,} sites: silent by name, all of them offline", len(offline & set(reach.named(How.silent)))
        )
        told.say(f"{given.sites:,} sites: real seconds", perf_counter() - began)
    if given.json is not None:
        given.json.write_text(json.dumps(told.found, indent=2), encoding="utf-8")
    found = told.found
    met = (
        found["cold refresh, bytes"] < COLD_BYTES,
        found[f"cold refresh, ms, median of {ROUNDS}"] < COLD_MS,
        found["one changed product, files"] <= CHANGED_FILES,
        0 < needed <= timedelta(minutes=30) // timedelta(minutes=1),
    )
    raise SystemExit(0 if all(met) else 1)


if __name__ == "__main__":
    main()
