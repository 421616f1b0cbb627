"""A release: the publisher's signed word that these bytes are that version of their product.

Source: DSSE 1.0; in-toto Statement v1; in-toto predicate "release" v0.1.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

import msgspec

from tabard.ground.canonical import canonical
from tabard.ground.dsse import IN_TOTO, Envelope
from tabard.ground.errors import CallerError
from tabard.ground.keys import PublicKey, SigningKey
from tabard.product.errors import BadRelease, ReleaseFault
from tabard.product.package import Package
from tabard.product.sbom import purl_of

STATEMENT = "https://in-toto.io/Statement/v1"
RELEASE = "https://in-toto.io/attestation/release/v0.1"


@dataclass(frozen=True, slots=True)
class Release:
    """A release that was checked: whose product, which version, signed by which key; `sha256` is of the envelope's bytes."""

    publisher: str
    product: str
    version: str
    keyid: str
    sha256: str


def sign_release(package: Package, key: SigningKey) -> Envelope:
    """The release of this package, signed by its publisher's key."""
    statement = {
        "_type": STATEMENT,
        "subject": [{"name": package.file_name, "digest": {"sha256": package.sha256}}],
        "predicateType": RELEASE,
        "predicate": {"purl": purl_of(package.manifest)},
    }
    return Envelope(IN_TOTO, canonical(statement)).signed_by(key)


def check_release(envelope: bytes, package_sha256: str, keys: Iterable[PublicKey]) -> Release:
    """The release in `envelope`, if one of `keys` signed it and it is of the package with that digest.

    Nothing of the statement is believed before its signature. Raises BadRelease, whose `reason` says why.
    """
    # 1. An envelope; 2. signed by a key that is known; 3. a release; 4. of these bytes.
    try:
        signed = Envelope.from_bytes(envelope)
    except CallerError as fault:
        raise BadRelease(ReleaseFault.unreadable, fault.message, expected=fault.expected, got=fault.got) from fault
    signers = signed.signers(keys)
    if not signers:
        raise BadRelease(
            ReleaseFault.unknown_signer,
            "none of the publisher's keys signed this release",
            expected="a signature by a key that is enrolled for the publisher",
            got=", ".join(keyid[:16] for keyid, _ in signed.signatures) or "no signature",
            remedy="sign it with an enrolled key, or have the key enrolled",
        )
    statement = _statement(signed)
    digest = statement.subject[0].digest.sha256
    if digest != package_sha256:
        raise BadRelease(
            ReleaseFault.other_package, "the release is of another package", expected=package_sha256, got=digest
        )
    publisher, product, version = _told(statement.predicate.purl)
    return Release(publisher, product, version, min(key.keyid for key in signers), sha256(envelope).hexdigest())


class _Digest(msgspec.Struct):
    sha256: str


class _Subject(msgspec.Struct):
    digest: _Digest


class _Predicate(msgspec.Struct):
    purl: str


class _Statement(msgspec.Struct, rename={"type": "_type", "predicate_type": "predicateType"}):
    type: str
    subject: list[_Subject]
    predicate_type: str
    predicate: _Predicate


def _statement(envelope: Envelope) -> _Statement:
    try:
        statement = msgspec.json.decode(envelope.payload, type=_Statement)
    except msgspec.DecodeError as fault:
        raise _no_release(str(fault)) from fault
    if (envelope.payload_type, statement.type, statement.predicate_type) != (IN_TOTO, STATEMENT, RELEASE):
        raise _no_release(statement.predicate_type)
    if len(statement.subject) != 1:
        raise _no_release(f"{len(statement.subject)} subjects")
    return statement


def _told(purl: str) -> tuple[str, str, str]:
    kind, _, rest = purl.partition("/")
    publisher, _, named = rest.partition("/")
    product, _, version = named.partition("@")
    if kind != "pkg:generic" or not (publisher and product and version):
        raise _no_release(purl[:80])
    return publisher, product, version


def _no_release(got: str) -> BadRelease:
    return BadRelease(
        ReleaseFault.not_a_release, "what was signed is no release", expected=f"one subject and {RELEASE}", got=got
    )
