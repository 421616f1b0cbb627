"""The servers of what is installed, kept in step with it: started when a product is live, ended when it is stopped or taken away.

A look at the installs each second, in a thread of its own: nothing that is served waits for a product's server, and none of
its faults is the hospital's.
"""

import threading
from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Self

import structlog

from tabard.ground.errors import CallerError, TabardError
from tabard.hospital import Install, Installs, files_changed
from tabard.product import pack
from tabard.runner import Deployment, Runner

_LOOK_S = 1.0
_CLOSING_S = 30.0
_log = structlog.get_logger(__name__)


class Servers:
    """Keeps the servers of one hospital's products, while its context is open. It ends the runner's parts with it."""

    def __init__(self, installs: Installs, runner: Runner) -> None:
        self.runner = runner
        self._installs = installs
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="product-servers", daemon=True)

    def __enter__(self) -> Self:
        """Begin; nobody waits for a server to be up. Raises CallerError where another process runs this folder's."""
        self.runner.__enter__()
        self._thread.start()
        return self

    def __exit__(self, *told: object) -> None:
        """End them all."""
        self._over.set()
        self._thread.join(_CLOSING_S)
        self.runner.__exit__(*told)

    def settle(self) -> None:
        """Bring what runs into step with what is installed now."""
        wanted = {one.id: one for one in self._installs.all() if is_served(one)}
        running = self.runner.digests()
        for product in running.keys() - wanted.keys():
            self.runner.stop(product)
        changed = [one for one in wanted.values() if running.get(one.id) != one.digest]
        for install in changed:
            if (deployment := _deployment(self._installs, install)) is not None:
                self.runner.start(deployment)
        if changed or running.keys() != wanted.keys():
            self.runner.sweep(wanted)

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                self.settle()
            except Exception as error:  # noqa: BLE001  the last border of a thread
                _log.error("product_servers_failed", error=type(error).__name__)
            self._over.wait(_LOOK_S)


def is_served(install: Install) -> bool:
    """Whether a product's server is to run: it has one, and the product is live."""
    return install.is_active and install.manifest is not None and install.manifest.server is not None


def _deployment(installs: Installs, install: Install) -> Deployment | None:
    if install.manifest is None or install.manifest.server is None:
        return None
    return Deployment(install.id, install.digest, install.manifest.server, partial(_files, installs, install))


def _files(installs: Installs, install: Install) -> Mapping[str, bytes]:
    """The files of what was installed. Those of a package must be the very package that two persons signed.

    Raises CallerError, with the product stopped, where they are not.
    """
    files = {name: _content(install.folder, name) for name in install.files}
    if install.is_trial:
        return files
    try:
        is_the_package = sha256(pack(files)).hexdigest() == install.sha256
    except TabardError:
        is_the_package = False
    if not is_the_package:
        fault = "they are not the package's"
        installs.stop(install, files_changed(fault))
        raise CallerError("the product's files have changed", where=install.id, got=fault, remedy="install it again")
    return files


def _content(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as fault:
        raise CallerError("a file of the product cannot be read", where=name, got=fault.strerror) from fault
