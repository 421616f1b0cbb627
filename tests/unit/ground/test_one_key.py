"""A key is one key: in whatever encoding it comes, it has one text and one id; and none is taken that binds nobody."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError
from securesystemslib.signer import Key, Signature, SSlibKey

from tabard.cli.keys import public_key
from tabard.ground.errors import CallerError
from tabard.ground.keys import PublicKey, new_signing_key, read_signing_key

_COMPRESSED = bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200")
_ED25519 = bytes.fromhex("302a300506032b6570032100")


def pem(der: bytes) -> str:
    from base64 import encodebytes  # noqa: PLC0415

    return f"-----BEGIN PUBLIC KEY-----\n{encodebytes(der).decode()}-----END PUBLIC KEY-----\n"


def compressed(private: EllipticCurvePrivateKey) -> str:
    """The public key as a compressed point (SEC 1, 2.3.3)."""
    return pem(_COMPRESSED + private.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint))


def test_a_key_is_one_key_in_every_encoding(tmp_path: Path) -> None:
    """PKCS#8 and SEC 1 files, other line ends, words before it, a compressed point: one key, one id."""
    private = generate_private_key(SECP256R1())
    spki = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    key = PublicKey.from_pem(spki)
    for number, kind in enumerate((PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL)):
        path = tmp_path / f"{number}.pem"
        path.write_bytes(private.private_bytes(Encoding.PEM, kind, NoEncryption()))
        assert read_signing_key(path).public == key
    for other in (spki.replace("\n", "\r\n"), f"Ada's key\n{spki}", compressed(private), f"{spki}\n{spki}"):
        assert PublicKey.from_pem(other) == key
    path = tmp_path / "compressed.pem"
    path.write_text(compressed(private))
    assert public_key(path) == key
    assert key.tuf.keyid == key.keyid


@pytest.mark.parametrize(
    "point",
    [
        "00" * 32,
        "01" + "00" * 31,
        "01" + "00" * 30 + "80",
        "ec" + "ff" * 30 + "7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ee" + "ff" * 30 + "7f",
        "f0" + "ff" * 30 + "7f",
    ],
)
def test_a_key_that_binds_nobody_is_refused(point: str) -> None:
    """A point of small order, by which anything counts as signed, or one that is written in a second way, is no key."""
    with pytest.raises(CallerError, match="no key that anybody may rely on"):
        PublicKey.from_pem(pem(_ED25519 + bytes.fromhex(point)))


def test_type_and_scheme_are_never_mixed() -> None:
    """A key counts under its own type and scheme alone, however metadata names it."""
    private = generate_private_key(SECP256R1())
    ecdsa = PublicKey.from_pem(
        private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    ).tuf
    edwards = new_signing_key()
    signed = edwards.sign(b"told")
    edwards.public.tuf.verify_signature(Signature(edwards.public.keyid, signed.hex()), b"told")
    for keytype, scheme in (("ed25519", "ecdsa-sha2-nistp256"), ("ecdsa", "ed25519"), ("ecdsa", "rsassa-pss-sha256")):
        with pytest.raises(ValueError, match="Unsupported public key"):
            Key.from_dict("id", {"keytype": keytype, "scheme": scheme, "keyval": ecdsa.keyval})
    for keytype, scheme, keyval in (
        ("ed25519", "ed25519", ecdsa.keyval),
        ("ecdsa", "ecdsa-sha2-nistp256", edwards.public.tuf.keyval),
        ("ecdsa", "ecdsa-sha2-nistp384", ecdsa.keyval),
    ):
        with pytest.raises((UnverifiedSignatureError, VerificationError)):
            SSlibKey("id", keytype, scheme, keyval).verify_signature(Signature("id", signed.hex()), b"told")
