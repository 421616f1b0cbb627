"""Wheels of products: the kit's own, and those that a lock names, fetched once and held against their hashes."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from tabard.cli.product_files import folder_of, write_file
from tabard.ground.errors import CallerError, PeerError
from tabard.ground.faults import Fault
from tabard.product import LOCK, WHEELS, Locked, normal, read_lock, told_by

_HERE = Path(__file__).resolve().parents[1]
_SHIPPED, _SOURCE = _HERE / "kit", _HERE.parents[1] / "kit"
_KIT = "tabard-kit"
_FETCH_S, _BUILD_S = 600, 120


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel: the name of its file, and its bytes."""

    file_name: str
    raw: bytes

    @property
    def locked(self) -> str:
        """The line of a lock that names it."""
        name, version = told_by(self.file_name)
        return f"{name}=={version} --hash=sha256:{sha256(self.raw).hexdigest()}\n"


def kit_wheel() -> Wheel:
    """The wheel of tabard-kit that came with this Tabard; in a checkout it is built. Raises CallerError where it cannot be had."""
    for path in sorted(_SHIPPED.glob("*.whl")):
        return Wheel(path.name, path.read_bytes())
    if not (_SOURCE / "pyproject.toml").is_file() or find_spec("hatchling") is None:
        raise CallerError("tabard-kit did not come with this Tabard", remedy="run from a checkout, after `make setup`")
    with TemporaryDirectory() as folder:
        _run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], _SOURCE, _BUILD_S, "tabard-kit")
        (path,) = Path(folder).glob("*.whl")
        return Wheel(path.name, path.read_bytes())


def fetch(folder: Path) -> tuple[str, ...]:
    """Put into a product's `wheels/` what its lock names and is not there yet; the files that came.

    Raises CallerError for a lock that cannot be read, PeerError where a wheel cannot be had.
    """
    lock = folder_of(folder) / LOCK
    faults: list[Fault] = []
    locked = read_lock(lock.read_bytes() if lock.is_file() else b"", faults)
    if faults or not locked:
        got = "; ".join(map(str, faults)) or "no requirement"
        raise CallerError("the lock cannot be used", where=str(lock), expected="requirements with hashes", got=got)
    into = folder / WHEELS
    into.mkdir(exist_ok=True)
    wanted = [one for one in locked if not _is_here(into, one)]
    came = [*_from_kit(into, wanted)]
    wanted = [one for one in wanted if not _is_here(into, one)]
    if wanted:
        came += _downloaded(into, wanted)
    return tuple(came)


def _is_here(into: Path, one: Locked) -> bool:
    return any(
        told_by(path.name) == (one.name, one.version) and sha256(path.read_bytes()).hexdigest() in one.hashes
        for path in into.glob("*.whl")
    )


def _from_kit(into: Path, wanted: list[Locked]) -> Iterator[str]:
    if not any(one.name == normal(_KIT) for one in wanted):
        return
    kit = kit_wheel()
    if any(sha256(kit.raw).hexdigest() in one.hashes for one in wanted):
        write_file(into / kit.file_name, kit.raw)
        yield kit.file_name


def _downloaded(into: Path, wanted: list[Locked]) -> tuple[str, ...]:
    """What pip gets for this machine's Python, each file held against the lock."""
    if find_spec("pip") is None:
        raise CallerError("wheels are fetched by pip", got="no pip", remedy="make Tabard's environment by `make setup`")
    with _listed(wanted) as lock, TemporaryDirectory() as stage:
        pip = [
            sys.executable,
            "-m",
            "pip",
            "--isolated",
            "--disable-pip-version-check",
            "download",
            "--quiet",
            "--no-deps",
        ]
        _run([*pip, "--only-binary", ":all:", "--require-hashes", "-d", stage, "-r", str(lock)], into, _FETCH_S, "pip")
        names = sorted(path.name for path in Path(stage).iterdir())
        for name in names:
            write_file(into / name, (Path(stage) / name).read_bytes())
    return tuple(names)


@contextmanager
def _listed(wanted: list[Locked]) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        lock = Path(folder) / LOCK
        hashes = {one: " ".join(f"--hash=sha256:{each}" for each in sorted(one.hashes)) for one in wanted}
        lock.write_text("".join(f"{one.name}=={one.version} {told}\n" for one, told in hashes.items()))
        yield lock


def _run(command: list[str], place: Path, timeout_s: float, what: str) -> None:
    try:
        ran = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=timeout_s, check=False)  # noqa: S603  our own words
    except subprocess.TimeoutExpired as fault:
        raise PeerError(f"{what} did not end in time", remedy="check the network, then try again") from fault
    if ran.returncode != 0:
        last = (ran.stderr.strip().splitlines() or ["nothing said"])[-1]
        raise PeerError(f"{what} failed", got=last[:300], remedy="mend what it names, then try again")
