"""How a record system that calls CDS services proves who it is (the table `[cds]`)."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from tabard.ground.errors import CallerError

_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


@dataclass(frozen=True, slots=True)
class CdsSettings:
    """`issuer` is what its tokens say in `iss`.

    Its public keys are the JWK Set in the file `jwks` of the hospital's `keys/`, or are published at `jwks_uri`: one of both.
    """

    issuer: str
    jwks: str = ""
    jwks_uri: str = ""

    def __post_init__(self) -> None:
        if not self.issuer:
            raise _wrong("cds.issuer", "the iss of the record system's tokens", self.issuer)
        if bool(self.jwks) == bool(self.jwks_uri):
            raise _wrong("cds.jwks", "a file in keys/, or else jwks_uri", self.jwks or self.jwks_uri)
        if self.jwks and not _FILE.fullmatch(self.jwks):
            raise _wrong("cds.jwks", "the name of a file in keys/", self.jwks)
        if self.jwks_uri and urlsplit(self.jwks_uri).scheme != "https":
            raise _wrong("cds.jwks_uri", "https://...", self.jwks_uri)


def _wrong(field: str, expected: str, got: object) -> CallerError:
    return CallerError("a setting of a link is wrong", where=field, expected=expected, got=repr(got), remedy="mend it")
