"""A release is believed only when a known key signed it, and only of the bytes that it names."""

import json

import pytest

from tabard.ground.dsse import IN_TOTO, Envelope
from tabard.ground.keys import SigningKey, new_signing_key
from tabard.product import BadRelease, ReleaseFault, check_release, sign_release
from unit.product import made

PACKAGE = made.package()
KEY, OTHER = new_signing_key(), new_signing_key()


def reason_of(envelope: bytes, *keys: SigningKey, sha256: str = PACKAGE.sha256) -> ReleaseFault:
    with pytest.raises(BadRelease) as caught:
        check_release(envelope, sha256, [key.public for key in keys or (KEY,)])
    return caught.value.reason


def signed(statement: object, kind: str = IN_TOTO) -> bytes:
    return Envelope(kind, json.dumps(statement).encode()).signed_by(KEY).to_bytes()


def statement() -> dict[str, object]:
    told: dict[str, object] = json.loads(sign_release(PACKAGE, KEY).payload)
    return told


def test_a_release_tells_whose_product_it_is() -> None:
    """Publisher, product, version, key and the envelope's digest; also where the publisher has more keys than one."""
    envelope = sign_release(PACKAGE, KEY).to_bytes()
    release = check_release(envelope, PACKAGE.sha256, [OTHER.public, KEY.public])
    assert (release.publisher, release.product, release.version) == ("RZZ", "tiny", "1.2.0")
    assert release.keyid == KEY.public.keyid
    assert check_release(envelope, PACKAGE.sha256, [KEY.public]) == release


def test_it_is_an_in_toto_statement() -> None:
    """Statement v1 with the release predicate, over the package's digest. Source: in-toto attestation framework."""
    told = statement()
    assert told["_type"] == "https://in-toto.io/Statement/v1"
    assert told["predicateType"] == "https://in-toto.io/attestation/release/v0.1"
    assert told["subject"] == [{"name": "tiny-1.2.0.tabard", "digest": {"sha256": PACKAGE.sha256}}]
    assert told["predicate"] == {"purl": "pkg:generic/RZZ/tiny@1.2.0"}


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"not json", b'{"payload":"!","payloadType":"x","signatures":[]}'])
def test_what_is_no_envelope_is_unreadable(raw: bytes) -> None:
    """Whatever the bytes, the answer is a word."""
    assert reason_of(raw) is ReleaseFault.unreadable


def test_a_key_that_is_not_enrolled_counts_for_nothing() -> None:
    """Nor does no key, nor a signature that was put under the name of an enrolled key."""
    envelope = sign_release(PACKAGE, OTHER)
    assert reason_of(envelope.to_bytes()) is ReleaseFault.unknown_signer
    renamed = Envelope(envelope.payload_type, envelope.payload, ((KEY.public.keyid, envelope.signatures[0][1]),))
    assert reason_of(renamed.to_bytes()) is ReleaseFault.unknown_signer
    with pytest.raises(BadRelease):
        check_release(sign_release(PACKAGE, KEY).to_bytes(), PACKAGE.sha256, [])


def test_a_changed_statement_is_not_signed() -> None:
    """The signature is over the payload's bytes."""
    whole = sign_release(PACKAGE, KEY)
    changed = Envelope(whole.payload_type, whole.payload.replace(b"1.2.0", b"1.2.1"), whole.signatures)
    assert reason_of(changed.to_bytes()) is ReleaseFault.unknown_signer


def test_a_release_of_other_bytes_is_refused() -> None:
    """The digest that the publisher signed is the one of these bytes."""
    assert reason_of(sign_release(PACKAGE, KEY).to_bytes(), sha256="0" * 64) is ReleaseFault.other_package


@pytest.mark.parametrize(
    "changed",
    [
        {"predicateType": "https://slsa.dev/verification_summary/v1"},
        {"_type": "https://in-toto.io/Statement/v0.1"},
        {"subject": []},
        {"subject": [{"digest": {"sha256": PACKAGE.sha256}}] * 2},
        {"subject": [{"digest": {}}]},
        {"predicate": {}},
        {"predicate": {"purl": "pkg:npm/tiny@1.2.0"}},
        {"predicate": {"purl": "pkg:generic/RZZ/tiny"}},
    ],
)
def test_another_statement_by_the_right_key_is_no_release(changed: dict[str, object]) -> None:
    """A decision, say, signed by the same key is not taken for a release; nor is one of two packages, or of none."""
    assert reason_of(signed({**statement(), **changed})) is ReleaseFault.not_a_release


def test_another_kind_of_payload_is_no_release() -> None:
    """The payload's type is signed with it, and is looked at."""
    assert reason_of(signed(statement(), "application/json")) is ReleaseFault.not_a_release
