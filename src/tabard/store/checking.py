"""The checker's own process: `python -m tabard.store.checking PACKAGE REPORT [--before PACKAGE] [--advisories FILE]`.

It says on standard output how far it is. The advisories are those that the catalogue carries, as the store verified them.
"""

import os
import sys
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Thread

from tabard.accreditation import AdvisorySet, CouldNot, assess, chromium, no_advisories, vouched_advisories
from tabard.ground.private_files import write_private
from tabard.product import read_package
from tabard.trial import check_product

_ORPHANED = 3


def check(package: Path, report: Path, before: Path | None = None, advisories: Path | None = None) -> None:
    """Write the report on that package file, held against the version before and by these advisories where they are given."""
    tell = partial(print, flush=True)
    probes = chromium(tries=partial(check_product, tell=tell), knows=partial(_known, advisories))
    older = None if before is None else read_package(before.read_bytes())
    found = assess(read_package(package.read_bytes()), probes, tell=tell, before=older)
    write_private(report, found.to_bytes())


def _known(path: Path | None) -> AdvisorySet | CouldNot:
    return no_advisories() if path is None else vouched_advisories(path.read_bytes(), datetime.now(UTC))


def _asked(words: list[str]) -> Namespace:
    reader = ArgumentParser()
    for name in ("package", "report", "--before", "--advisories"):
        reader.add_argument(name, type=Path)
    return reader.parse_args(words)


def _end_with_parent() -> None:
    """End when nobody holds our standard input any more: the store is gone, and would check again."""
    while os.read(0, 1024):
        pass
    os._exit(_ORPHANED)


if __name__ == "__main__":
    Thread(target=_end_with_parent, daemon=True).start()
    asked = _asked(sys.argv[1:])
    check(asked.package, asked.report, asked.before, asked.advisories)
    os._exit(0)  # the thread that waits on standard input would hold an ordinary exit up
