"""Signing with a key that never leaves its token: a smart card, a security key, an HSM; by PKCS#11, ECDSA P-256.

The module that speaks to the token is named by whoever signs; `python-pkcs11` (the extra `pkcs11`) is loaded only here.
Source: PKCS #11 3.1, 5.6 (sessions), 6.3 (CKM_ECDSA); SEC 1, 2.3.3 (points) and C.8 (signatures); FIPS 186-5, 6.
"""

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from securesystemslib.signer import SecretsHandler, Signature, Signer, SSlibKey

from tabard.ground.errors import CallerError, PeerError
from tabard.ground.keys import PublicKey, SigningKey
from tabard.ground.keys_named import NamedKey

if TYPE_CHECKING:
    from types import ModuleType

AskPin = Callable[[str, bool], str]
"""Gives the PIN, told of which token and whether this is the last try before it locks."""

_P256 = bytes.fromhex("06082a8648ce3d030107")
"""EC parameters in DER: the named curve 1.2.840.10045.3.1.7. Source: RFC 5480, 2.1.1.1."""

_HALF, _POINTS = 32, (33, 65)
_INSTALL = "install it: pip install 'tabard[pkcs11]'"


class TokenSigner(Signer):
    """Signs by asking the token; holds its session until it is let go, and never the key."""

    def __init__(self, public: PublicKey, key: Any, session: Any, pin: str | None, where: str) -> None:
        self._public, self._key, self._where = public, key, where
        self._each_time = pin  # only of a key that wants its PIN with each signature
        weakref.finalize(self, session.close)

    @property
    def public_key(self) -> SSlibKey:
        """The key as TUF metadata names it."""
        return self._public.tuf

    @classmethod
    def from_priv_key_uri(
        cls, priv_key_uri: str, public_key: Any, secrets_handler: SecretsHandler | None = None
    ) -> "TokenSigner":
        """Not a way in: `signing_key_on` finds the key, and reads its public half from the token itself."""
        raise NotImplementedError

    def sign(self, payload: bytes) -> Signature:
        """The signature, in DER as DSSE and TUF want it, held against the public key before anybody sees it."""
        pkcs11 = _library()
        more = {} if self._each_time is None else {"pin": self._each_time}
        with _told(self._where):
            raw = self._key.sign(sha256(payload).digest(), mechanism=pkcs11.Mechanism.ECDSA, **more)
        signature = der_of(raw)
        if not self._public.is_signed(payload, signature):
            raise PeerError(
                "the token signed, but not by the key whose public half it shows",
                where=self._where,
                remedy="have the token's key pair made anew, and enrol that",
            )
        return Signature(self._public.keyid, signature.hex())


def signing_key_on(named: NamedKey, ask_pin: AskPin) -> SigningKey:
    """The key that the URI names, ready to sign: the token is asked for its PIN once.

    Raises CallerError where the module, the token or the key is not there, is there twice, is not P-256, or the PIN is
    wrong or locked; PeerError where the token fails.
    """
    pkcs11, where = _library(), str(named)
    token = _token(pkcs11, named)
    pin = _pin(pkcs11, token, named, ask_pin)
    session = _opened(pkcs11, token, pin, where)
    try:
        with _told(where):
            key = _one(session, named, pkcs11.ObjectClass.PRIVATE_KEY)
            public = _public(session, named, _value(key, pkcs11.Attribute.ID))
            asks_each_time = bool(_value(key, pkcs11.Attribute.ALWAYS_AUTHENTICATE))
    except BaseException:
        session.close()
        raise
    return SigningKey(public, TokenSigner(public, key, session, pin if asks_each_time else None, where))


def public_key_on(named: NamedKey) -> PublicKey:
    """The public half of that key, which needs no PIN. Raises as `signing_key_on`."""
    pkcs11, where = _library(), str(named)
    token = _token(pkcs11, named)
    with _told(where, token):
        session = token.open()
    try:
        with _told(where):
            return _public(session, named, named.id)
    finally:
        session.close()


def der_of(raw: bytes) -> bytes:
    """A token's signature, r and s side by side, as the DER that everybody else writes. Raises PeerError for another length."""
    if len(raw) != 2 * _HALF:
        raise PeerError("the token's signature is not one of P-256", expected="64 bytes", got=f"{len(raw)} bytes")
    return encode_dss_signature(int.from_bytes(raw[:_HALF]), int.from_bytes(raw[_HALF:]))


def _library() -> "ModuleType":
    try:
        import pkcs11  # noqa: PLC0415  an extra: only who signs with a token needs it
    except ImportError as fault:
        raise CallerError(
            "what speaks to tokens is not installed", expected="python-pkcs11", remedy=_INSTALL
        ) from fault
    return pkcs11


def _token(pkcs11: "ModuleType", named: NamedKey) -> Any:
    """The one token that is meant."""
    module = _module(pkcs11, named)
    with _told(named.module):
        here = [slot.get_token() for slot in module.get_slots(token_present=True)]
        seen = [one for one in here if one.flags & pkcs11.TokenFlag.TOKEN_INITIALIZED]
    found = [one for one in seen if _is_meant(one, named)]
    if len(found) == 1:
        return found[0]
    raise CallerError(
        "two tokens are meant by this" if found else "this token is not there",
        where=str(named),
        expected="one token",
        got=", ".join(f"{one.label} (serial {_text(one.serial)})" for one in found or seen) or "no token at all",
        remedy="add serial=... to the URI" if found else "put the token in; compare token= with what is there",
    )


def _module(pkcs11: "ModuleType", named: NamedKey) -> Any:
    if not named.module.startswith("/"):
        raise CallerError(
            "the URI does not say which module speaks to the token",
            where=str(named),
            expected="?module-path=/path/to/module.so",
            got=named.module or "none",
            remedy="the token's maker names it; or set TABARD_PKCS11_MODULE to its path",
        )
    try:
        return pkcs11.lib(named.module)
    except (pkcs11.PKCS11Error, RuntimeError, OSError) as fault:
        raise CallerError(
            "the module that speaks to the token cannot be loaded",
            where=named.module,
            got=str(fault) or type(fault).__name__,
            remedy="check module-path; the token's maker names the module",
        ) from fault


def _is_meant(token: Any, named: NamedKey) -> bool:
    pairs = (
        (named.token, token.label),
        (named.serial, _text(token.serial)),
        (named.manufacturer, token.manufacturer_id),
        (named.model, token.model),
    )
    return all(not said or said == _text(there) for said, there in pairs)


def _pin(pkcs11: "ModuleType", token: Any, named: NamedKey, ask_pin: AskPin) -> str | None:
    """The PIN; None where the token asks for it on a pad of its own."""
    flags = pkcs11.TokenFlag
    if token.flags & flags.USER_PIN_LOCKED:
        raise _locked(str(named))
    if token.flags & flags.PROTECTED_AUTHENTICATION_PATH:
        return None
    return ask_pin(_text(token.label), bool(token.flags & flags.USER_PIN_FINAL_TRY))


def _opened(pkcs11: "ModuleType", token: Any, pin: str | None, where: str) -> Any:
    """A session with the user logged in; they are so for the whole process, should a second key of the token be used."""
    with _told(where, token):
        try:
            return token.open(user_pin=pkcs11.PROTECTED_AUTH if pin is None else pin)
        except pkcs11.UserAlreadyLoggedIn:
            return token.open()


def _tries(pkcs11: "ModuleType", token: Any) -> str:
    """What the token tells of tries: PKCS #11 has no number, but says when few or one are left."""
    if token.flags & pkcs11.TokenFlag.USER_PIN_LOCKED:
        return ", and it is locked now"
    if token.flags & pkcs11.TokenFlag.USER_PIN_FINAL_TRY:
        return ", and one try is left before it locks"
    return ", and few tries are left" if token.flags & pkcs11.TokenFlag.USER_PIN_COUNT_LOW else ""


def _one(session: Any, named: NamedKey, kind: Any) -> Any:
    """The one private key that is meant, on P-256."""
    pkcs11 = _library()
    found = list(session.get_objects(_template(pkcs11, named, kind)))
    if len(found) != 1:
        raise CallerError(
            "two keys of the token are meant by this" if found else "the token has no such key",
            where=str(named),
            expected="one private key",
            got=f"{len(found)}",
            remedy="name it by its id: id=%01" if found else "look at object= and id=, and at the key's label",
        )
    is_ec = _value(found[0], pkcs11.Attribute.KEY_TYPE) == pkcs11.KeyType.EC
    if not is_ec or _value(found[0], pkcs11.Attribute.EC_PARAMS) not in (_P256, None):
        raise _not_p256(named)
    return found[0]


def _public(session: Any, named: NamedKey, key_id: bytes | None) -> PublicKey:
    """The public half: a public key of the token, or its certificate, of the same id."""
    pkcs11 = _library()
    like = NamedKey(id=key_id) if key_id else named
    keys = list(session.get_objects(_template(pkcs11, like, pkcs11.ObjectClass.PUBLIC_KEY)))
    cards = list(session.get_objects(_template(pkcs11, like, pkcs11.ObjectClass.CERTIFICATE))) if not keys else []
    halves = {_half(pkcs11, one, named) for one in keys} | {_certified(pkcs11, one, named) for one in cards}
    if len(halves) != 1:
        raise CallerError(
            "two public keys of the token are meant by this" if halves else "the token does not show the public key",
            where=str(named),
            expected="one public key or certificate, of the private key's id",
            got=f"{len(halves)}",
            remedy="name it by its id: id=%01" if halves else "put the public key or a certificate on the token",
        )
    return halves.pop()


def _template(pkcs11: "ModuleType", named: NamedKey, kind: Any) -> dict[Any, Any]:
    said = {pkcs11.Attribute.LABEL: named.label, pkcs11.Attribute.ID: named.id}
    return {pkcs11.Attribute.CLASS: kind, **{name: value for name, value in said.items() if value}}


def _half(pkcs11: "ModuleType", key: Any, named: NamedKey) -> PublicKey:
    if _value(key, pkcs11.Attribute.EC_PARAMS) != _P256:
        raise _not_p256(named)
    point = _value(key, pkcs11.Attribute.EC_POINT) or b""
    if len(point) - 2 in _POINTS and point[:2] == bytes((4, len(point) - 2)):
        point = point[2:]  # an OCTET STRING, as PKCS #11 2.30 and later have it; older modules give the point alone
    try:
        return _told_by(EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point))
    except ValueError as fault:
        raise _not_p256(named) from fault


def _certified(pkcs11: "ModuleType", card: Any, named: NamedKey) -> PublicKey:
    try:
        key = x509.load_der_x509_certificate(_value(card, pkcs11.Attribute.VALUE) or b"").public_key()
    except ValueError as fault:
        raise _not_p256(named) from fault
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise _not_p256(named)
    return _told_by(key)


def _told_by(key: EllipticCurvePublicKey) -> PublicKey:
    return PublicKey.from_pem(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())


def _value(thing: Any, attribute: Any) -> Any:
    """That attribute; None where the token does not have it or keeps it to itself."""
    pkcs11 = _library()
    try:
        return thing[attribute]
    except (pkcs11.AttributeTypeInvalid, pkcs11.AttributeSensitive, KeyError):
        return None


@contextmanager
def _told(where: str, token: Any = None) -> Iterator[None]:
    """What the token refuses, in words; a PIN stands in none of them."""
    pkcs11 = _library()
    try:
        yield
    except pkcs11.PinLocked as fault:
        raise _locked(where) from fault
    except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange) as fault:
        left = "" if token is None else _tries(pkcs11, token.slot.get_token())  # its flags as they are by now
        raise CallerError(
            f"this is not the token's PIN{left}", where=where, remedy="try again; a token locks after some wrong PINs"
        ) from fault
    except pkcs11.UserPinNotInitialized as fault:
        raise CallerError("the token has no PIN yet", where=where, remedy="set it up with its maker's tool") from fault
    except pkcs11.PKCS11Error as fault:
        raise PeerError(
            "the token failed",
            where=where,
            got=type(fault).__name__,
            remedy="take it out, put it in and try again",
        ) from fault


def _locked(where: str) -> CallerError:
    return CallerError(
        "the token's PIN is locked: too many wrong ones were given",
        where=where,
        remedy="unlock it with its PUK or by whoever handed it out; nothing was signed",
    )


def _not_p256(named: NamedKey) -> CallerError:
    return CallerError(
        "this key cannot sign here",
        where=str(named),
        expected="an EC key on P-256 (secp256r1)",
        remedy="make a key pair EC:prime256v1 on the token, and enrol that",
    )


def _text(value: bytes | str) -> str:
    return (value.decode("utf-8", "replace") if isinstance(value, bytes) else value).rstrip("\0 ")
