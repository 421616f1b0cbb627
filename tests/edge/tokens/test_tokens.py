"""Signing with a key on a real PKCS#11 token: SoftHSM stands for the card."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError
from securesystemslib.signer import SSlibKey
from typer.testing import CliRunner

from softhsm import PIN, Token
from tabard.catalogue.metadata import Metadata, Targets
from tabard.cli import passphrase
from tabard.cli.keys import public_key
from tabard.cli.passphrase import read_key
from tabard.ground import keys_token
from tabard.ground.dsse import IN_TOTO, Envelope
from tabard.ground.errors import CallerError, PeerError, TabardError
from tabard.ground.keys import write_signing_key


@pytest.fixture(autouse=True)
def pin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The right PIN, out of the environment."""
    monkeypatch.setenv(passphrase.PIN, PIN)
    yield
    monkeypatch.undo()


def refused(uri: Path, *words: str, kind: type[TabardError] = CallerError) -> None:
    """The key of that URI cannot sign, told in these words, and the PIN in none of them."""
    with pytest.raises(kind) as told:
        read_key(uri)
    for one in words:
        assert one in str(told.value)
    assert PIN not in str(told.value)


def test_a_key_on_a_token_signs(card: Token) -> None:
    """Its signature is the DER that DSSE wants, by the key whose public half is read without a PIN; no other counts."""
    key = read_key(card.uri("sign"))
    assert key.public == public_key(card.uri("sign")) == public_key(card.uri(key_id=b"\x01"))
    envelope = Envelope(IN_TOTO, b"{}").signed_by(key)
    assert envelope.signers([key.public]) == {key.public}
    (_, signature) = envelope.signatures[0]
    decode_dss_signature(signature)
    assert PIN not in repr(key)


def test_a_key_on_a_token_signs_for_the_catalogue(card: Token) -> None:
    """As TUF names it: keytype ecdsa, scheme ecdsa-sha2-nistp256; under another type or scheme nothing counts."""
    key = read_key(card.uri("sign"))
    metadata = Metadata(Targets())
    metadata.sign(key.signer)
    told = key.public.tuf
    assert (told.keytype, told.scheme) == ("ecdsa", "ecdsa-sha2-nistp256")
    told.verify_signature(metadata.signatures[key.public.keyid], metadata.signed_bytes)
    for keytype, scheme in (("ed25519", "ed25519"), ("ecdsa", "ecdsa-sha2-nistp384"), ("rsa", "rsassa-pss-sha256")):
        mixed = SSlibKey(told.keyid, keytype, scheme, told.keyval)
        with pytest.raises((UnverifiedSignatureError, VerificationError)):
            mixed.verify_signature(metadata.signatures[key.public.keyid], metadata.signed_bytes)


def test_only_the_right_form_of_a_signature_counts(card: Token) -> None:
    """Neither the token's own r and s side by side, nor DER with more behind it, nor another message's is taken."""
    key = read_key(card.uri("sign"))
    signature = key.sign(b"told")
    r, s = decode_dss_signature(signature)
    raw = r.to_bytes(32) + s.to_bytes(32)
    assert key.public.is_signed(b"told", signature)
    assert keys_token.der_of(raw) == signature
    for wrong in (raw, signature + b"\x00", signature[:-1], b"", key.sign(b"other")):
        assert not key.public.is_signed(b"told", wrong)
    with pytest.raises(PeerError, match="64 bytes"):
        keys_token.der_of(raw + b"\x00")


def test_two_keys_of_one_token_sign_in_one_command(card: Token) -> None:
    """A token knows its user once for the whole process."""
    one, two = read_key(card.uri("sign")), read_key(card.uri(key_id=b"\x04"))
    assert one.public != two.public
    for key in (one, two, one):
        assert key.public.is_signed(b"told", key.sign(b"told"))


def test_what_is_not_there_is_told(card: Token, tmp_path: Path) -> None:
    """No module, no token, no key, two keys, another curve, RSA, no public half: each in its own words."""
    refused(Path("pkcs11:object=sign"), "which module speaks")
    refused(Path(f"pkcs11:object=sign?module-path={tmp_path}/none.so"), "cannot be loaded", "none.so")
    refused(Token("Nobody's").uri("sign"), "this token is not there", "Ada's card (serial")
    refused(card.uri("none"), "no such key")
    refused(card.uri("twin"), "two keys of the token", "id=%01")
    refused(card.uri("P-384"), "cannot sign here", "P-256")
    refused(card.uri("RSA"), "cannot sign here", "P-256")
    refused(card.uri("alone"), "does not show the public key")
    refused(card.uri("sign", path=";serial=0"), "this token is not there")
    refused(card.uri("sign", path=";model=Other"), "this token is not there")


def test_a_wrong_pin_is_told_with_what_the_token_tells(card: Token, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not the PIN, few tries are left, and the PIN stands nowhere."""
    monkeypatch.setenv(passphrase.PIN, "not-this-one")
    with pytest.raises(CallerError) as told:
        read_key(card.uri("sign"))
    assert "not the token's PIN, and few tries are left" in str(told.value)
    assert "not-this-one" not in str(told.value)
    monkeypatch.setenv(passphrase.PIN, PIN)
    read_key(card.uri("sign"))


def test_a_pin_comes_from_a_file_or_a_person(card: Token, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the file that pin-source names, or typed; without any of them it is asked for."""
    monkeypatch.delenv(passphrase.PIN)
    (tmp_path / "pin").write_text(f"{PIN}\n")
    read_key(card.uri("sign", more=f"&pin-source=file:{tmp_path}/pin"))
    read_key(card.uri("sign", more=f"&pin-source={tmp_path}/pin"))
    refused(card.uri("sign", more=f"&pin-source={tmp_path}/none"), "file with the PIN cannot be read")
    with monkeypatch.context() as unattended:
        unattended.setattr("sys.stdin", SimpleNamespace(isatty=lambda: False))
        refused(card.uri("sign"), "the token wants its PIN")
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("typer.prompt", lambda *_, **__: PIN)
    read_key(card.uri("sign"))


def test_a_key_on_a_token_is_written_to_no_file(card: Token, tmp_path: Path) -> None:
    """It does not leave the token."""
    with pytest.raises(CallerError, match="does not leave it"):
        write_signing_key(tmp_path / "key.pem", read_key(card.uri("sign")))
    assert not (tmp_path / "key.pem").exists()


class Card:
    """A card that PKCS#11 tells of, with flags and faults that SoftHSM never has."""

    def __init__(self, flags: int, fault: type[Exception] | None = None) -> None:
        import pkcs11  # noqa: PLC0415  where it is installed

        self.flags = pkcs11.TokenFlag.TOKEN_INITIALIZED | flags
        self.label, self.serial, self.manufacturer_id, self.model = "Bo's card", b"1", "M", "m"
        self.slot = SimpleNamespace(get_token=lambda: self)
        self.fault = fault

    def open(self, **_: Any) -> Any:
        """Refuses as it is told to."""
        if self.fault is not None:
            raise self.fault
        return SimpleNamespace(get_objects=lambda _: iter(()), close=lambda: None)


def put_in(monkeypatch: pytest.MonkeyPatch, *cards: Card) -> Path:
    """These cards are in the slots; the URI of a key on one of them."""
    slots = [SimpleNamespace(get_token=lambda one=one: one) for one in cards]
    module = SimpleNamespace(get_slots=lambda **_: slots)
    monkeypatch.setattr(keys_token, "_module", lambda *_: module)
    return Path("pkcs11:token=Bo%27s%20card;object=sign?module-path=/card.so")


def test_a_locked_token_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the PIN is asked where the card says so, and after the try that locked it."""
    import pkcs11  # noqa: PLC0415  where it is installed

    flags = pkcs11.TokenFlag
    monkeypatch.setattr(passphrase, "_pin_told", lambda _: pytest.fail("the PIN was asked for"))
    refused(put_in(monkeypatch, Card(flags.USER_PIN_LOCKED)), "PIN is locked")
    monkeypatch.setattr(passphrase, "_pin_told", lambda _: PIN)
    refused(put_in(monkeypatch, Card(0, pkcs11.PinLocked)), "PIN is locked")
    refused(put_in(monkeypatch, Card(0, pkcs11.UserPinNotInitialized)), "no PIN yet")
    refused(put_in(monkeypatch, Card(flags.USER_PIN_COUNT_LOW, pkcs11.PinIncorrect)), "few tries are left")
    refused(put_in(monkeypatch, Card(0, pkcs11.DeviceRemoved)), "the token failed", "DeviceRemoved", kind=PeerError)
    refused(put_in(monkeypatch, Card(0), Card(0)), "two tokens are meant", "serial 1")


def test_the_last_try_is_a_person_s(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing unattended gives the PIN that may lock the card; a person is told that it is the last try."""
    import pkcs11  # noqa: PLC0415  where it is installed

    last = Card(pkcs11.TokenFlag.USER_PIN_FINAL_TRY, pkcs11.PinIncorrect)
    asked: list[str] = []
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: False))
    refused(put_in(monkeypatch, last), "one try is left before the token locks")
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))

    def prompt(words: str, **_: object) -> str:
        asked.append(words)
        return PIN

    monkeypatch.setattr("typer.prompt", prompt)
    refused(put_in(monkeypatch, last), "one try is left before it locks")
    assert asked == ["PIN of Bo's card, the last try before it locks"]


def test_a_token_whose_halves_do_not_fit_signs_nothing(card: Token) -> None:
    """What it signs is held against the public key that it shows, before anybody else sees it."""
    key = read_key(card.uri("sign"))
    other = public_key(card.uri(key_id=b"\x03"))
    assert isinstance(key.signer, keys_token.TokenSigner)
    key.signer._public = other
    with pytest.raises(PeerError, match="not by the key whose public half"):
        key.signer.sign(b"told")


def test_a_publisher_signs_by_a_token(card: Token, tmp_path: Path) -> None:
    """The command line takes the URI wherever it takes a key file: a release is signed, and its key counts."""
    from tabard.cli.main import command_line  # noqa: PLC0415  half a second
    from tabard.product import check_release, read_package  # noqa: PLC0415
    from unit.store.product_files import package  # noqa: PLC0415

    made = package(tmp_path, "1.0.0", "RZZ", "A name")
    (tmp_path / "tiny.tabard").write_bytes(made.raw)
    words = ["product", "sign", str(tmp_path / "tiny.tabard"), "--key", str(card.uri("sign"))]
    result = CliRunner().invoke(command_line(words), words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    release = (tmp_path / "tiny.tabard.release.json").read_bytes()
    signed = check_release(release, read_package(made.raw).sha256, [public_key(card.uri("sign"))])
    assert signed.keyid == public_key(card.uri("sign")).keyid
