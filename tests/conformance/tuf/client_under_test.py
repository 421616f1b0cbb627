"""Our catalogue client behind the command line that the public TUF conformance suite speaks: init, refresh, download.

Nothing is decided here: the way of looking, its bounds, its sources and its keeping are the client's own.
"""

import argparse
import sys
from pathlib import Path
from urllib.parse import quote

from tuf.api.exceptions import DownloadError, RepositoryError

from tabard.catalogue.errors import Untrusted
from tabard.catalogue.source import Patience, source_of
from tabard.catalogue.verified import opened, target
from tabard.ground.time import system_clock

PINNED = "pinned-root"


def asked() -> argparse.Namespace:
    """What the suite asks for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--metadata-dir", type=Path, required=True)
    for name in ("--metadata-url", "--target-base-url"):
        parser.add_argument(name)
    parser.add_argument("--target-name", action="append", default=[])
    parser.add_argument("--target-dir", type=Path)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("init").add_argument("trusted_root", type=Path)
    verbs.add_parser("refresh")
    verbs.add_parser("download")
    return parser.parse_args()


def look(told: argparse.Namespace) -> None:
    """Refresh, then fetch each target that is named. Raises what the client raises, LookupError where one is not listed."""
    base = told.metadata_url.rstrip("/").removesuffix("/metadata")
    root = (told.metadata_dir / PINNED).read_bytes()
    with source_of(base, Patience()) as source:
        updater = opened(told.metadata_dir, source, root, system_clock())
        updater.refresh()
        for name in told.target_name:
            if target(updater, source, name, told.target_dir / quote(name, safe="")) is None:
                raise LookupError(name)


def main() -> int:
    """0 where all went well, 1 where the repository is not believed."""
    told = asked()
    if told.verb == "init":
        root = told.trusted_root.read_bytes()
        (told.metadata_dir / PINNED).write_bytes(root)
        (told.metadata_dir / "root.json").write_bytes(root)
        return 0
    try:
        look(told)
    except (RepositoryError, DownloadError, Untrusted, ValueError, LookupError, OSError) as fault:
        sys.stderr.write(f"{type(fault).__name__}: {fault}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
