"""PKCS#11 URIs: a key is named strictly, or not at all."""

from pathlib import Path

import pytest

from tabard.ground.errors import CallerError
from tabard.ground.keys_named import NamedKey, is_named, read_named

MODULE = "module-path=/usr/lib/card.so"


def test_a_uri_names_a_key() -> None:
    """Every attribute that we know, percent-encoded where it must be; the PIN's file stands in no text of it."""
    uri = "pkcs11:token=Ada%27s%20card;serial=07;object=sign%2Fhere;id=%01%ff;type=private;manufacturer=M;model=m"
    named = read_named(f"{uri}?{MODULE}&pin-source=file:/run/pin%20file")
    assert named == NamedKey(
        token="Ada's card",
        manufacturer="M",
        model="m",
        serial="07",
        label="sign/here",
        id=b"\x01\xff",
        module="/usr/lib/card.so",
        pin_file=Path("/run/pin file"),
    )
    assert "pin" not in str(named)
    assert read_named("PKCS11:id=%01").id == b"\x01"
    assert not is_named("key.pem")


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("pkcs11:object=a?pin-value=1234", "a PIN does not stand in a command"),
        ("pkcs11:object=a;pin-value=1234", "a PIN does not stand in a command"),
        ("pkcs11:token=a", "names no key"),
        ("pkcs11:", "names no key"),
        ("pkcs11:object=a;type=cert", "names no private key"),
        ("pkcs11:object=a;slot-id=1", "not known here"),
        ("pkcs11:object=a;x-ours=1", "not known here"),
        ("pkcs11:object=a?module-name=card", "not known here"),
        ("pkcs11:object", "not known here"),
        ("pkcs11:object=a;object=b", "says the same twice"),
        ("pkcs11:object=a b", "not written as it must be"),
        ("pkcs11:object=%4", "not written as it must be"),
        ("pkcs11:object=%ff", "is no text"),
        ("pkcs11:object=a?pin-source=https://there/pin", "a file of this machine"),
        ("pkcs11:object=a?pin-source=file://there/pin", "a file of this machine"),
        (f"pkcs11:object={'a' * 2048}", "no PKCS#11 URI"),
        ("key.pem", "no PKCS#11 URI"),
    ],
)
def test_what_names_no_one_key_is_refused(uri: str, words: str) -> None:
    """Each in its own words; a PIN that somebody wrote there is not told again."""
    with pytest.raises(CallerError) as told:
        read_named(uri)
    assert words in str(told.value)
    assert "1234" not in str(told.value)
