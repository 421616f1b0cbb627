"""Tokens for a module's tests; where none can be had they are skipped, and say why."""

from collections.abc import Callable, Iterator

import pytest

import softhsm
from softhsm import PIN, Token, make_token

if not softhsm.why_not():
    from tabard.ground.keys_token import signing_key_on  # noqa: F401  loads what it needs, so that a fault is seen here

Generate = Callable[..., None]


@pytest.fixture(scope="session", autouse=True)
def is_there() -> Iterator[None]:
    """SoftHSM and what speaks to it."""
    if why := softhsm.why_not():
        pytest.skip(why)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in softhsm.settings().items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="session")
def card(is_there: None) -> Token:  # noqa: ARG001  it must be there first
    """Ada's card: a key to sign with, one of another curve, an RSA key, two of one name, and one whose public half is not shown."""
    token = make_token("Ada's card")
    generate(token, "sign", b"\x01")
    generate(token, "P-384", b"\x02", curve="secp384r1")
    generate(token, "twin", b"\x03")
    generate(token, "twin", b"\x04")
    generate(token, "alone", b"\x05", without_public=True)
    generate(token, "RSA", b"\x06", curve="")
    return token


def generate(
    token: Token, label: str, key_id: bytes, *, curve: str = "secp256r1", without_public: bool = False
) -> None:
    """A key pair made on the token, as its maker's tool does."""
    import pkcs11  # noqa: PLC0415  where it is installed
    from pkcs11.util.ec import encode_named_curve_parameters  # noqa: PLC0415

    from get_softhsm import module  # noqa: PLC0415

    (found,) = pkcs11.lib(str(module())).get_tokens(token_label=token.label)
    with found.open(user_pin=PIN, rw=True) as session:
        if not curve:
            session.generate_keypair(pkcs11.KeyType.RSA, 2048, store=True, label=label, id=key_id)
            return
        how = {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters(curve)}
        parameters = session.create_domain_parameters(pkcs11.KeyType.EC, how, local=True)
        public, _ = parameters.generate_keypair(store=True, label=label, id=key_id)
        if without_public:
            public.destroy()
