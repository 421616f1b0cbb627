"""no-secrets: no password, token or private key in any file, whatever the code asks to overlook."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tabard.accreditation import Verdict
from unit.accreditation.tiny import FILES, failing, got_of, report_of, tiny

CODE = FILES["app.js"].decode()
TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


def test_a_product_without_secrets_passes_and_says_what_was_looked_into() -> None:
    """A pass is proven by the number of files, which is the number in the package."""
    package = tiny()
    (found,) = [one for one in report_of(package).findings if one.rule == "no-secrets"]
    assert found.verdict is Verdict.passed
    assert found.got == f"{len(package.files)} of {len(package.files)} files looked into"


@pytest.mark.parametrize(
    "line",
    [
        f'const token = "{TOKEN}";',
        f'const token = "{TOKEN}"; // pragma: allowlist secret',
        f'const token = "{TOKEN}"; // pragma: whitelist secret',
        'const password = "corr3ct-h0rse-b4ttery";',
        'const at = "https://ward:corr3cth0rse@records.example";',
        'const id = "AKIAIOSFODNN7EXAMPLX";',
        f'const long = "{"x" * 30_000}"; const token = "{TOKEN}";',
    ],
)
def test_a_secret_fails_this_rule_alone(line: str) -> None:
    """A token, a password, a login in an address: at its line, and a mark to look away changes nothing."""
    assert failing(tiny({"app.js": f"{CODE}\n{line}\n"})) == {"no-secrets": ["fail app.js:3"]}


def test_the_secret_itself_is_told_nowhere() -> None:
    """A report is published: it must not carry on what it found."""
    spoilt = tiny({"app.js": f'{CODE}const token = "{TOKEN}";\n'})
    assert TOKEN.encode() not in report_of(spoilt).to_bytes()


@pytest.mark.parametrize("name", ["key.txt", "vendor/small.js", "pixel.png"])
def test_a_private_key_is_found_in_any_file(name: str) -> None:
    """Also in a component's file, and in one that is no text."""
    key = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    start = b"\x89PNG\r\n\x1a\n\0" if name.endswith(".png") else b""
    told = failing(tiny({name: start + key}))
    assert told.keys() == {"no-secrets"}
    assert "a private key" in got_of(tiny({name: start + key}), "no-secrets")


def test_a_private_key_as_json_is_found() -> None:
    """A SMART backend's key is a JSON object with `d`."""
    key = '{"kty": "EC", "crv": "P-256",\n "x": "abc", "d": "' + "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI" + '"}'
    assert "no-secrets" in failing(tiny({"keys.json": key}))


def test_an_alphabet_and_the_digest_of_a_file_are_no_secrets() -> None:
    """Encoders carry alphabets, and a bill of materials carries digests."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_="
    assert failing(tiny({"app.js": f'{CODE}const alphabet = "{alphabet}";\n'})) == {}


def test_a_text_too_large_to_look_into_is_left_to_a_person() -> None:
    """Nothing is passed over in silence."""
    assert failing(tiny({"big.txt": "a b\n" * 1_100_000})) == {"no-secrets": ["not_assessed big.txt"]}
