"""A signed set of advisories: read, verified, bounded, and judged by its age; and how one is made of a folder of OSV files.

It is one small file: canonical JSON, packed, within a DSSE envelope. A signature that does not hold, or no key that is known,
is no set at all; one that is too old, or is of days to come, is told as such and judges nothing.
Source: OSV schema 1.6; DSSE 1.0; RFC 1952 (gzip).
"""

import tomllib
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

import msgspec

from tabard.accreditation.advisories.matching import plain_name
from tabard.accreditation.advisories.model import Advisory, AdvisorySet, Range
from tabard.accreditation.probing.ports import CouldNot
from tabard.ground.canonical import canonical
from tabard.ground.dsse import Envelope
from tabard.ground.errors import CallerError
from tabard.ground.keys import PublicKey, SigningKey

KIND = "application/vnd.tabard.advisories+gzip"
_EARLY = timedelta(hours=1)
_LARGEST_BYTES = 64 * 1024 * 1024
_MOST = 200_000
_ECOSYSTEMS = ("PyPI", "npm")
_REMEDY = "have the newest set: `tabard store advisories import` at the store; or have a person look the components up"


class _Set(msgspec.Struct, forbid_unknown_fields=True):
    format: int
    made: datetime
    ecosystems: list[str]
    advisories: list[Advisory]


def read_advisories(raw: bytes, keys: Iterable[PublicKey], now: datetime) -> AdvisorySet | CouldNot:
    """The set that one of `keys` has signed; why not, where it is too old at `now`. Raises CallerError for what is none."""
    return _judged(open_advisories(raw, now, keys), now)


def vouched_advisories(raw: bytes, now: datetime) -> AdvisorySet | CouldNot:
    """The same of a set that a verified catalogue carries: that it stands there is what is believed of it."""
    return _judged(open_advisories(raw, now), now)


def open_advisories(raw: bytes, now: datetime, keys: Iterable[PublicKey] | None = None) -> AdvisorySet:
    """What a set says, however old it is; where `keys` are given one of them must have signed it. Raises CallerError."""
    envelope = Envelope.from_bytes(raw)
    if envelope.payload_type != KIND or (keys is not None and not envelope.signers(keys)):
        raise CallerError(
            "these advisories are not signed by a key that is known here", expected=KIND, got=envelope.payload_type
        )
    return _set(envelope, now)


@cache
def oldest() -> timedelta:
    """How old a set may be that judges anything: data, in `advisories/bounds.toml`, and so in the rules' digest."""
    told = tomllib.loads(files("tabard.accreditation.advisories").joinpath("bounds.toml").read_text("utf-8"))
    return timedelta(days=told["oldest_days"])


def _set(envelope: Envelope, now: datetime) -> AdvisorySet:
    try:
        told = msgspec.json.decode(_unpacked(envelope.payload), type=_Set)
    except (msgspec.DecodeError, zlib.error, ValueError) as fault:
        raise CallerError("this is no set of advisories", expected="JSON, packed by gzip", got=str(fault)) from fault
    if told.format != 1 or told.made.tzinfo is None or len(told.advisories) > _MOST:
        raise CallerError("this is no set of advisories", expected=f"format 1, at most {_MOST}", got=str(told.format))
    digest, age = sha256(envelope.payload).hexdigest(), now - told.made
    return AdvisorySet(told.made, digest, tuple(told.ecosystems), tuple(told.advisories), max(age.days, 0))


def _judged(known: AdvisorySet, now: datetime) -> AdvisorySet | CouldNot:
    why = why_not_now(known, now)
    return CouldNot(why, _REMEDY) if why else known


def why_not_now(known: AdvisorySet, now: datetime) -> str:
    """Why the set judges nothing today; "" where it does."""
    age, when = now - known.made, f"the advisories are of {known.made:%Y-%m-%d}"
    if age > oldest():
        return f"{when}, more than {oldest().days} days old"
    return f"{when}, which is yet to come" if age < -_EARLY else ""


def sign_advisories(entries: Iterable[dict[str, Any]], key: SigningKey, made: datetime) -> bytes:
    """The signed set of OSV entries; those of other ecosystems, and those that were withdrawn, are left out."""
    told = sorted((one for entry in entries for one in _of(entry)), key=lambda one: (one.ecosystem, one.name, one.id))
    whole = {
        "format": 1,
        "made": made.astimezone(UTC).replace(microsecond=0).isoformat(),
        "ecosystems": list(_ECOSYSTEMS),
        "advisories": [msgspec.to_builtins(one) for one in told],
    }
    packer = zlib.compressobj(9, wbits=31)
    packed = packer.compress(canonical(whole)) + packer.flush()
    return Envelope(KIND, packed).signed_by(key).to_bytes()


def _of(entry: dict[str, Any]) -> Iterator[Advisory]:
    if entry.get("withdrawn"):
        return
    for affected in entry.get("affected", []):
        package = affected.get("package", {})
        ecosystem, name = str(package.get("ecosystem", "")), str(package.get("name", ""))
        if ecosystem in _ECOSYSTEMS and name:
            yield Advisory(
                str(entry.get("id", "")),
                ecosystem,
                plain_name(ecosystem, name),
                " ".join(str(entry.get("summary") or entry.get("details", ""))[:300].split()),
                tuple(each for one in affected.get("ranges", []) for each in _ranges(one)),
                tuple(map(str, affected.get("versions", []))),
                tuple(map(str, entry.get("aliases", []))),
            )


def _ranges(told: dict[str, Any]) -> Iterator[Range]:
    """Its events, which come in the order of versions, as ranges; those of commits say nothing of versions."""
    if told.get("type") not in ("ECOSYSTEM", "SEMVER"):
        return
    begun = None
    for event in told.get("events", []):
        if "introduced" in event:
            begun = str(event["introduced"])
        elif begun is not None and ("fixed" in event or "last_affected" in event):
            yield Range(begun, str(event.get("fixed", "")), str(event.get("last_affected", "")))
            begun = None
    if begun is not None:
        yield Range(begun)


def _unpacked(packed: bytes) -> bytes:
    """What was packed, within bounds. Raises ValueError for more than anybody packs, or for what is cut short."""
    reader = zlib.decompressobj(wbits=31)
    whole = reader.decompress(packed, _LARGEST_BYTES + 1)
    if len(whole) > _LARGEST_BYTES or not reader.eof:
        raise ValueError(f"more than {_LARGEST_BYTES} bytes, or not whole")
    return whole
