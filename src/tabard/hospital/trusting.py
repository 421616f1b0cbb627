"""Pinning the centre that a hospital trusts."""

import shutil
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from tabard.catalogue import Channel
from tabard.ground.private_files import write_private
from tabard.ground.time import Clock, system_clock
from tabard.hospital import settings as settings_file
from tabard.hospital.centre import ROOT, Centre, folder_of
from tabard.hospital.errors import OtherCentre
from tabard.hospital.hospital import load
from tabard.hospital.installs import Installs
from tabard.hospital.model import Pinned


def trust(
    folder: Path,
    source: str,
    root: bytes,
    clock: Clock = system_clock,
    *,
    refresh_s: int | None = None,
    channel: Channel = Channel.live,
    receipts: str = "",
) -> str:
    """Pin the centre whose catalogue is at `source` (a URL or a folder) by its root metadata; the name it goes by.

    Nothing is pinned unless the catalogue there is signed as that root says, and fresh; from then on it is asked for every
    `refresh_s` seconds, on that `channel`; signed receipts go to `receipts` where that is told. Raises Untrusted, CallerError, BadSettings; OtherCentre while products of another centre are
    installed; what `load` raises.
    """
    hospital = load(folder, clock)
    pinned = Pinned(_told(source), sha256(root).hexdigest(), channel, receipts)
    told = replace(hospital.settings, catalogue=pinned, refresh_s=refresh_s or hospital.settings.refresh_s)
    settings = settings_file.check(told, where="trust")
    _check_other(hospital.settings.catalogue, pinned, hospital.installs)
    place = folder_of(hospital.folder, pinned)
    is_new = not place.exists()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(place / ROOT, root)
    try:
        client = Centre(hospital.folder, pinned, clock).client
        client.refresh()
        verifier = client.trust().verifier
    except BaseException:
        if is_new:
            shutil.rmtree(place)
        raise
    settings_file.write(hospital.folder.root, settings)
    return verifier


def _told(source: str) -> str:
    return source if source.startswith(("http://", "https://")) else str(Path(source).absolute())


def _check_other(before: Pinned | None, now: Pinned, installs: Installs) -> None:
    """What another centre accredited cannot be watched by this one."""
    theirs = [one.id for one in installs.all() if not one.is_trial]
    if before is not None and before.root_sha256 != now.root_sha256 and theirs:
        raise OtherCentre(
            "products of another centre are installed here",
            expected=f"the root with SHA-256 {before.root_sha256}",
            got=now.root_sha256,
            remedy=f"uninstall them first ({', '.join(theirs)}), or give the root that this hospital began with",
        )
