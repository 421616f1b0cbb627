"""Find or install SoftHSM, the token in software with which the tests sign as with a smart card; prints only what fails."""

import shutil
import sys
from pathlib import Path

import debian

MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)


def module() -> Path | None:
    """The PKCS#11 module of SoftHSM, where it and the tool that makes tokens are here."""
    found = next((path for path in map(Path, MODULES) if path.is_file()), None)
    return found if shutil.which("softhsm2-util") else None


def main() -> int:
    """Leave a usable SoftHSM behind, or say what is not tried without it and how to get one."""
    if module() or (debian.install("softhsm2") and module()):
        return 0
    print(
        "get_softhsm: no SoftHSM here and none could be installed: the tests of keys on tokens are skipped, and say so. "
        "Remedy: install it (Debian: apt install softhsm2), then run again",
        file=sys.stderr,
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
