"""Debian's packages, for what the tests need of the machine: asked for only as root, where there is apt."""

import os
import shutil
import subprocess


def install(package: str) -> bool:
    """Whether the package is there now."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return False
    quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in ([apt, "update", "-qq"], [apt, "install", "-y", "-qq", "--no-install-recommends", package]):
        if subprocess.run(command, env=quietly, stdout=subprocess.DEVNULL, check=False).returncode != 0:  # noqa: S603  fixed words
            return False
    return True
