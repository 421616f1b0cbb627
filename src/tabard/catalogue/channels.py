"""The two ways on which one catalogue goes out: live, asked for every few minutes, and airgap, carried in on a stick.

Both have the same root, targets, recalls and bins. Each has a snapshot and a timestamp of its own, which say for which
channel they were signed and when: a site is pinned to one, and the longer word of the other freezes nobody.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Any

import msgspec

from tabard.catalogue import roles

MARK = "x-tabard-channel"
"""The field of a snapshot and a timestamp that names their channel. Source: TUF specification 1.0, 4.1: more fields may stand there."""

SIGNED = "x-tabard-signed"
"""The field of a timestamp that says when it was signed: what a site shows as “as of”."""

_OWN = re.compile(r"metadata/(timestamp|[0-9]+\.snapshot)\.json")


@unique
class Channel(StrEnum):
    """A way on which the catalogue goes out."""

    live = "live"
    airgap = "airgap"


LASTS: Mapping[Channel, Mapping[str, timedelta]] = {
    Channel.live: {role: roles.LASTS[role] for role in (roles.SNAPSHOT, roles.TIMESTAMP)},
    Channel.airgap: {roles.SNAPSHOT: timedelta(days=28), roles.TIMESTAMP: timedelta(days=14)},
}
"""For how long a channel's snapshot and timestamp hold."""


def path_on(channel: Channel, path: str) -> str:
    """Where the file lies that is `path` on that channel."""
    if channel is Channel.live or not _OWN.fullmatch(path):
        return path
    return path.replace("metadata/", f"metadata/{channel}/", 1)


def is_marked(path: str) -> bool:
    """Whether the file at this path says for which channel it was signed."""
    return _OWN.fullmatch(path) is not None


def marks(channel: Channel, role: str, now: datetime) -> dict[str, Any]:
    """What a snapshot or timestamp of this channel says beside what TUF asks."""
    told = {MARK: str(channel)}
    return told | {SIGNED: now.isoformat(timespec="seconds")} if role == roles.TIMESTAMP else told


def channel_of(raw: bytes) -> str:
    """The channel that a file names; `live` where it names none. Not verified: what it says is signed is seen later."""
    try:
        told = msgspec.json.decode(raw, type=_Told).signed
    except (msgspec.DecodeError, RecursionError):
        return Channel.live  # no metadata at all: the reader after us says so better
    return told.channel


def signed_at(fields: Mapping[str, Any]) -> datetime | None:
    """When a verified timestamp was signed, as it says itself; None where it says nothing readable."""
    try:
        moment = datetime.fromisoformat(str(fields[SIGNED]))
    except (KeyError, ValueError):
        return None
    return moment if moment.tzinfo else None


class _Signed(msgspec.Struct, rename={"channel": MARK}):
    channel: str = str(Channel.live)


class _Told(msgspec.Struct):
    signed: _Signed
