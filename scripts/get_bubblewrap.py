"""Find or install bubblewrap, in which the tests run the servers of products, as a hospital does; prints only what fails."""

import shutil
import sys

import debian


def main() -> int:
    """Leave a usable bwrap behind, or say how to get one."""
    if shutil.which("bwrap") or (debian.install("bubblewrap") and shutil.which("bwrap")):
        return 0
    print(
        "get_bubblewrap: no bwrap here and none could be installed. Remedy: install bubblewrap "
        "(Debian: apt install bubblewrap), then run again",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
