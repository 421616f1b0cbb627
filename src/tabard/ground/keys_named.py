"""A key on a token, as a person names it: a PKCS#11 URI, read strictly.

Source: RFC 7512 (The PKCS #11 URI Scheme), 2.3 and 2.4. An attribute that we do not know could make the URI mean another
key, so it is refused, not passed over; `pin-value` is refused too: whoever sees the command would see the PIN.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from tabard.ground.errors import CallerError

SCHEME = "pkcs11:"
_PATH = frozenset({"token", "manufacturer", "model", "serial", "object", "id", "type"})
_QUERY = frozenset({"module-path", "pin-source"})
_LONGEST = 2048
_VALUE = re.compile(r"(?:[A-Za-z0-9\-._~:\[\]@!$'()*+,=/?|&]|%[0-9A-Fa-f]{2})*")
_REMEDY = "name it as pkcs11:token=TOKEN;object=KEY?module-path=/path/to/the/token's/module.so"


@dataclass(frozen=True, slots=True)
class NamedKey:
    """Which key of which token, by the module that speaks to it. "" and b"" are not said; `pin_file` holds the PIN."""

    token: str = ""
    manufacturer: str = ""
    model: str = ""
    serial: str = ""
    label: str = ""
    id: bytes = b""
    module: str = ""
    pin_file: Path | None = None

    def __str__(self) -> str:
        """The key as it may be told: without where its PIN lies."""
        said = {"token": self.token, "serial": self.serial, "object": self.label, "id": self.id.hex()}
        return SCHEME + ";".join(f"{name}={value}" for name, value in said.items() if value)


def is_named(text: str) -> bool:
    """Whether this names a key on a token, and not a file."""
    return text.lower().startswith(SCHEME)


def read_named(text: str) -> NamedKey:
    """The key that the URI names. Raises CallerError, saying which part of it cannot be taken."""
    if not is_named(text) or len(text) > _LONGEST:
        raise _bad("this is no PKCS#11 URI", f"{SCHEME}... of at most {_LONGEST} characters", text[:40])
    path, _, query = text[len(SCHEME) :].partition("?")
    said, asked = _attributes(path, ";", _PATH), _attributes(query, "&", _QUERY)
    if said.get("type", "private") != "private":
        raise _bad("the URI names no private key", "type=private, or no type", f"type={said['type']}")
    if not said.get("object") and not said.get("id"):
        raise _bad("the URI names no key on the token", "object=LABEL or id=%01", "neither")
    return NamedKey(
        token=_text(said, "token"),
        manufacturer=_text(said, "manufacturer"),
        model=_text(said, "model"),
        serial=_text(said, "serial"),
        label=_text(said, "object"),
        id=unquote_to_bytes(said.get("id", "")),
        module=_text(asked, "module-path"),
        pin_file=_pin_file(_text(asked, "pin-source")),
    )


def _attributes(text: str, between: str, known: frozenset[str]) -> Mapping[str, str]:
    """The attributes by name, each once (RFC 7512, 2.3), still as they are written."""
    found: dict[str, str] = {}
    for one in filter(None, text.split(between)):
        name, equals, value = one.partition("=")
        if name == "pin-value":
            raise _bad("a PIN does not stand in a command: others would read it", "pin-source=FILE, or none", name)
        if name not in known or not equals:
            raise _bad("the URI has an attribute that is not known here", ", ".join(sorted(known)), name[:40])
        if name in found:
            raise _bad("the URI says the same twice", "each attribute once", name)
        if _VALUE.fullmatch(value) is None:
            raise _bad("the URI's value is not written as it must be", "percent-encoded", name)
        found[name] = value
    return found


def _text(said: Mapping[str, str], name: str) -> str:
    try:
        return unquote(said.get(name, ""), errors="strict")
    except UnicodeDecodeError as fault:
        raise _bad("the URI's value is no text", "UTF-8, percent-encoded", name) from fault


def _pin_file(source: str) -> Path | None:
    """The file of a pin-source: a path, or a URI of scheme `file` (RFC 7512, 2.4)."""
    if not source:
        return None
    told = urlsplit(source)
    if told.scheme not in ("", "file") or told.netloc:
        raise _bad("a PIN is read from a file of this machine", "pin-source=FILE", told.scheme or "another machine")
    return Path(unquote(told.path))


def _bad(message: str, expected: str, got: str) -> CallerError:
    return CallerError(message, where="--key", expected=expected, got=got, remedy=_REMEDY)
