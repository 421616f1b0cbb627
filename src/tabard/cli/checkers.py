"""Making the environment of the static checkers, from the lock that came with this Tabard."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tabard.accreditation.probing.checkers.place import default_place, lock_text
from tabard.ground.errors import PeerError

_MAKE_S = 900


def make_checkers(folder: Path | None = None) -> Path:
    """The folder in which they now are: each file is held against the lock's hashes. Raises PeerError where they cannot be had."""
    into = folder or default_place()
    into.parent.mkdir(parents=True, exist_ok=True)
    uv = [sys.executable, "-m", "uv"]
    with TemporaryDirectory() as home:
        lock = Path(home) / "checkers.txt"
        lock.write_text(lock_text(), encoding="utf-8")
        _run([*uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(into)])
        how = [
            "--require-hashes",
            "--only-binary",
            ":all:",
            "--compile-bytecode",
            "--python",
            str(into / "bin" / "python"),
        ]
        _run([*uv, "pip", "sync", "--quiet", *how, str(lock)])
    return into


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_MAKE_S)  # noqa: S603  uv, of our own lock
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired, OSError) as fault:
        told = getattr(fault, "stderr", None) or b""
        raise PeerError(
            "the checkers could not be had",
            got=told.decode("utf-8", "replace").strip()[-300:] or type(fault).__name__,
            remedy="see that this machine reaches the package index that uv is told of, and try again",
        ) from fault
