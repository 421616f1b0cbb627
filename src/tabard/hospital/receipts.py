"""This hospital's signed word back to the centre: which recalls it knows, and how each of its products stands."""

from pathlib import Path

import msgspec

from tabard.catalogue import Channel, Client, Here, Level, Receipt, Standing, digest_of, send_receipt
from tabard.ground.keys import PublicKey, SigningKey, new_signing_key, read_signing_key, write_signing_key
from tabard.ground.private_files import write_private
from tabard.ground.time import to_us
from tabard.hospital.hospital import Hospital
from tabard.hospital.model import Install
from tabard.hospital.overriding import overridden
from tabard.hospital.recalls import of_package

_KEY = "receipts.pem"
_NUMBER = "receipt.json"


def receipt_key(hospital: Hospital) -> PublicKey:
    """The public half of the key that signs receipts, made at the first time; the centre enrols it."""
    return _key(hospital).public


def sealed_receipt(hospital: Hospital, client: Client | None = None) -> bytes:
    """The next receipt, signed: of what `client`, or the pinned centre's, knows. Raises NoCentre."""
    known = client or hospital.centre.client
    state = known.folder / _NUMBER
    number = max(
        _last(state) + 1, to_us(hospital.clock())
    )  # a folder restored from a backup goes on above what was sent
    told = Receipt(
        site=hospital.settings.ods,
        number=number,
        made=hospital.clock(),
        list_version=known.list_version(),
        channel=Channel(known.channel),
        products=tuple(_here(hospital, known, one) for one in hospital.installs.all() if not one.is_trial),
    )
    raw = told.sealed(_key(hospital))
    write_private(state, msgspec.json.encode(number))
    return raw


def send(hospital: Hospital) -> bool:
    """Send a receipt where the settings say so; whether they do. Raises PeerError where it was not taken."""
    pinned = hospital.settings.catalogue
    if pinned is None or not pinned.receipts:
        return False
    send_receipt(pinned.receipts, sealed_receipt(hospital))
    return True


def _here(hospital: Hospital, known: Client, install: Install) -> Here:
    return Here(install.id, install.version, install.sha256, _standing(hospital, known, install))


def _standing(hospital: Hospital, known: Client, install: Install) -> Standing:
    if not install.is_active:
        return Standing.stopped
    suspended = [one for one in of_package(known.recalls(), install.id, install.sha256) if one.level is Level.suspend]
    answered = overridden(hospital.folder)
    is_let_on = bool(suspended) and all(digest_of(one) in answered for one in suspended)
    return Standing.overridden if is_let_on else Standing.active


def _key(hospital: Hospital) -> SigningKey:
    path = hospital.folder.keys / _KEY
    if not path.is_file():
        write_signing_key(path, new_signing_key())
    return read_signing_key(path)


def _last(state: Path) -> int:
    try:
        return msgspec.json.decode(state.read_bytes(), type=int)
    except (FileNotFoundError, msgspec.DecodeError):
        return 0
