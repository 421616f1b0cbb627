"""Find or install the Chromium that drives the pages in tests; prints nothing but what it does.

In order: the one that TABARD_CHROMIUM names, one on the PATH, Debian's package (as root), and npm's
`@sparticuz/chromium`, which is unpacked beside the environment.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import debian

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("chromium", "chromium-browser", "google-chrome")
UNPACKED = ROOT / ".tools" / "chromium"
REMEDY = "install Chromium (Debian: apt install chromium) or set TABARD_CHROMIUM to one, then run again"


def main() -> int:
    """Leave a usable Chromium behind, or say how to get one."""
    if is_there():
        return 0
    for way in (install_with_apt, install_with_npm):
        if way() and is_there():
            return 0
    print(f"get_chromium: no Chromium here and none could be installed. Remedy: {REMEDY}", file=sys.stderr)
    return 1


def is_there() -> bool:
    """Whether the tests will find a Chromium (they look in the same places: tests/browser.py)."""
    named = os.environ.get("TABARD_CHROMIUM")
    if named:
        return Path(named).exists()
    return any(shutil.which(name) for name in NAMES) or UNPACKED.exists()


def install_with_apt() -> bool:
    """Debian's package, where this is Debian and we are root."""
    return debian.install("chromium")


def install_with_npm() -> bool:
    """The packed Chromium of npm, by the lock in scripts/chromium."""
    folder = ROOT / "scripts" / "chromium"
    npm = shutil.which("npm")
    node = shutil.which("node")
    if npm is None or node is None:
        return False
    unpack = "import c from '@sparticuz/chromium'; console.log(await c.executablePath())"
    try:
        subprocess.run([npm, "ci", "--silent"], cwd=folder, check=True)  # noqa: S603  fixed words
        told = subprocess.run(  # noqa: S603  fixed words
            [node, "--input-type=module", "-e", unpack], cwd=folder, check=True, capture_output=True, text=True
        )
    except subprocess.CalledProcessError:
        return False
    UNPACKED.parent.mkdir(exist_ok=True)
    shutil.copy2(told.stdout.strip(), UNPACKED)
    return True


if __name__ == "__main__":
    raise SystemExit(main())
