"""Switch off each enforcing check in turn, and see that a test notices: run as `make mutations`.

    python scripts/mutations.py               all of tests/mutations/*.toml
    python scripts/mutations.py NAME...       those whose name holds one of these

A mutation is a piece of a source file, what stands in its place while the check is off, and the tests that must fail then.
Each runs on a copy of the sources; nothing here is changed. Exits 1 where a check could be off and no test would know.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "tests" / "mutations"
TIMEOUT_S = 600
_FAILED = 1


@dataclass(frozen=True, slots=True)
class Mutation:
    """One check switched off: `old` stands once in `file`, and with `new` in its place one of `tests` must fail."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


def mutations(folder: Path = LIST) -> tuple[Mutation, ...]:
    """All that are listed, by file and in their order."""
    found = []
    for path in sorted(folder.glob("*.toml")):
        listed = tomllib.loads(path.read_text("utf-8"))
        default = tuple(listed.get("tests", ()))
        found += [
            Mutation(one["name"], one["file"], one["old"], one["new"], tuple(one.get("tests", default)))
            for one in listed["mutation"]
        ]
    return tuple(found)


def is_noticed(mutation: Mutation, folder: Path) -> bool:
    """Whether a test fails while the check is off. Raises ValueError where the piece does not stand there once."""
    source = folder / "src"
    shutil.copytree(ROOT / "src", source, ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / mutation.file
    text = path.read_text("utf-8")
    if text.count(mutation.old) != 1:
        raise ValueError(f"{mutation.name}: the piece stands {text.count(mutation.old)} times in {mutation.file}")
    path.write_text(text.replace(mutation.old, mutation.new), "utf-8")
    return _run(mutation.tests, source) == _FAILED


def _run(tests: Sequence[str], source: Path) -> int:
    """How the tests end with these sources in place of ours."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(  # noqa: S603  our own tests
        command, cwd=ROOT, env=environment, capture_output=True, timeout=TIMEOUT_S, check=False
    )
    return done.returncode


def _tried(mutation: Mutation) -> tuple[Mutation, str]:
    with tempfile.TemporaryDirectory(prefix="tabard-mutation-") as folder:
        try:
            return mutation, "noticed" if is_noticed(mutation, Path(folder)) else "NOT NOTICED"
        except (ValueError, OSError, subprocess.SubprocessError) as fault:
            return mutation, f"COULD NOT BE TRIED: {fault}"


def main(arguments: Sequence[str]) -> int:
    """Try all that are asked for, two at a time, and tell of each."""
    wanted = [one for one in mutations() if not arguments or any(each in one.name for each in arguments)]
    if not wanted:
        print("mutations: none of that name", file=sys.stderr)
        return 1
    with ThreadPoolExecutor(2) as threads:
        missed = 0
        for number, (mutation, told) in enumerate(threads.map(_tried, wanted), 1):
            print(f"{number}/{len(wanted)} {told:<12} {mutation.name}", flush=True)
            missed += told != "noticed"
    print(f"{len(wanted) - missed} of {len(wanted)} checks are watched by a test")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
