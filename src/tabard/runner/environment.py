"""A product's code and its environment on disk: put there whole or not at all, in a folder named by what they were made of.

The wheels are installed by uv, confined as the product is: without a network, from the package's own wheels alone, each
held against its hash. No source distribution is built, so nothing of the product's runs while it is installed; and it is
put in a plain folder, not in a virtual environment, whose `.pth` files a Python outside would run.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp

from tabard.product import LOCK
from tabard.runner.confinement import CODE, ENVIRONMENT, UV, Limits, Mount
from tabard.runner.errors import NoEnvironment
from tabard.runner.host import Host
from tabard.runner.process import Confined, Wanted

_MB = 1024 * 1024
_INSTALLING = Limits(8192 * _MB, 128, 512)
_INSTALL_S, _COMPILE_S = 120.0, 120.0
_OUTPUT_SHOWN = 400
_CODE, _ENVIRONMENT = "code", "env"


def made(host: Host, folder: Path, digest: str, files: Mapping[str, bytes], uid: int | None) -> Path:
    """The folder below `folder` that holds a package's code and environment, made where it is not there yet.

    Raises NoEnvironment where the wheels do not fit this host, or are not those that the lock names.
    """
    place = folder / digest
    if place.is_dir():
        return place
    stage = Path(mkdtemp(dir=folder, prefix=".stage-"))
    try:
        _write(files, stage / _CODE)
        (stage / _ENVIRONMENT).mkdir()
        if LOCK in files:
            _install(host, stage, uid)
        stage.chmod(0o700)
        stage.rename(place)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return place


def mounts_of(host: Host, place: Path, *, is_environment_writable: bool = False) -> tuple[Mount, ...]:
    """What a process of that package sees of code, environment and Python."""
    told = [
        Mount(place / _CODE, CODE),
        Mount(place / _ENVIRONMENT, ENVIRONMENT, is_writable=is_environment_writable),
    ]
    if not host.python_home.is_relative_to("/usr"):
        told.append(Mount(host.python_home, str(host.python_home)))
    return tuple(told)


def _write(files: Mapping[str, bytes], into: Path) -> None:
    """The files, to be read by anybody who is let as far as this folder."""
    into.mkdir(mode=0o755)
    for name, content in files.items():
        path = into / name
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(content)
        path.chmod(0o444)


def _install(host: Host, stage: Path, uid: int | None) -> None:
    if uid is not None:
        os.chown(stage / _ENVIRONMENT, uid, uid)
    uv = [UV, "pip", "install", "--quiet", "--offline", "--no-index", "--no-cache", "--no-config"]
    uv += ["--require-hashes", "--only-binary", ":all:", "--link-mode", "copy", "--no-python-downloads"]
    uv += ["--python", str(host.python), "--target", ENVIRONMENT, "--find-links", f"{CODE}/wheels"]
    _run(host, stage, uid, (*uv, "-r", f"{CODE}/{LOCK}"), _INSTALL_S)
    _run(
        host,
        stage,
        uid,
        (str(host.python), "-I", "-S", "-m", "compileall", "-q", ENVIRONMENT),
        _COMPILE_S,
        may_fail=True,
    )


def _run(
    host: Host, stage: Path, uid: int | None, command: tuple[str, ...], timeout_s: float, *, may_fail: bool = False
) -> None:
    """One command with the environment open to be written. Raises NoEnvironment."""
    output = stage / "output"
    mounts = (*mounts_of(host, stage, is_environment_writable=True), Mount(Path(host.uv), UV))
    process = Confined(host, Wanted(command, mounts, _INSTALLING, uid, output))
    ended = process.wait(timeout_s)
    process.end()
    if ended != 0 and not may_fail:
        raise NoEnvironment(
            "the product's wheels could not be installed here",
            where=LOCK,
            expected="wheels for this host's Python, each as the lock names it",
            got="no end in time" if ended is None else _shown(output),
            remedy="have the publisher build the package with wheels for this host",
        )
    output.unlink(missing_ok=True)


def _shown(output: Path) -> str:
    """The installer's own last words, on one line: it read the package alone, which holds nothing about patients."""
    text = output.read_bytes()[-4096:].decode("utf-8", "replace") if output.exists() else ""
    return ascii(" ".join(text.split())[-_OUTPUT_SHOWN:])[1:-1]
