"""Keys, envelopes and canonical JSON: what is signed stays so, and nothing else passes."""

from base64 import b64encode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tabard.ground.canonical import canonical
from tabard.ground.dsse import IN_TOTO, Envelope
from tabard.ground.errors import CallerError, InternalError
from tabard.ground.keys import PublicKey, new_signing_key, read_signing_key, write_signing_key


def test_canonical_json_is_one_text() -> None:
    """Order of members, white space and escapes never change the text; fractions have no place in it."""
    assert canonical({"b": [1, True, None], "a": "é"}) == '{"a":"é","b":[1,true,null]}'.encode()
    with pytest.raises(InternalError):
        canonical({"a": 0.5})
    with pytest.raises(InternalError):
        canonical({1: "a"})


def test_a_key_goes_to_a_file_and_comes_back(tmp_path: Path) -> None:
    """A key file is private, may be encrypted, is never overwritten, and gives the same key again."""
    key = new_signing_key()
    write_signing_key(tmp_path / "key.pem", key, "horse battery")
    assert (tmp_path / "key.pem").stat().st_mode & 0o777 == 0o600
    assert read_signing_key(tmp_path / "key.pem", "horse battery").public == key.public
    for wrong in (None, "staple"):
        with pytest.raises(CallerError):
            read_signing_key(tmp_path / "key.pem", wrong)
    with pytest.raises(CallerError):
        write_signing_key(tmp_path / "key.pem", key)


def test_p256_keys_sign_too(tmp_path: Path) -> None:
    """A P-256 key, as hardware tokens hold, is read and signs; P-384 is refused."""
    private = generate_private_key(SECP256R1())
    path = tmp_path / "token.pem"
    path.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    key = read_signing_key(path)
    assert key.public.is_signed(b"told", key.sign(b"told"))
    other = generate_private_key(SECP384R1()).public_key()
    with pytest.raises(CallerError):
        PublicKey.from_pem(other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())


def test_an_envelope_counts_only_what_was_signed() -> None:
    """Signers are those keys whose signature is over this payload and type; a relabelled signature counts for nobody."""
    one, two = new_signing_key(), new_signing_key()
    envelope = Envelope(IN_TOTO, b'{"a":1}').signed_by(one)
    assert Envelope.from_bytes(envelope.to_bytes()) == envelope
    keys = [one.public, two.public]
    assert envelope.signers(keys) == {one.public}
    assert Envelope(IN_TOTO, b'{"a":2}', envelope.signatures).signers(keys) == set()
    assert Envelope("text/plain", envelope.payload, envelope.signatures).signers(keys) == set()
    relabelled = Envelope(IN_TOTO, envelope.payload, ((two.public.keyid, envelope.signatures[0][1]),))
    assert relabelled.signers(keys) == set()
    assert envelope.signed_by(two).signers(keys) == set(keys)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b'{"payload":"?","payloadType":"a","signatures":[]}',
        b'{"payload":"","payloadType":"a","signatures":[],"more":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        canonical(
            {"payload": "", "payloadType": "a", "signatures": [{"keyid": "k", "sig": b64encode(b"s").decode()}] * 2}
        ),
    ],
)
def test_what_is_no_envelope_is_told_so(raw: bytes) -> None:
    """Broken JSON, broken base64, depth beyond measure and one key id signing twice are refused."""
    with pytest.raises(CallerError):
        Envelope.from_bytes(raw)
