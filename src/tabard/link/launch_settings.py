"""How a record system opens us on its patient: a SMART launch (the table `[launch]`), or a signed context address (`[context]`)."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tabard.ground.errors import CallerError

_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_LONGEST_S, _WIDEST_S = 300, 120
_MOST_SECRETS = 2


@dataclass(frozen=True, slots=True)
class LaunchSettings:
    """As whom this hospital is registered at the record system of `[fhir]` for launches.

    `clients` gives for a product the id under which it is registered of its own, where it has a button of its own. `key` names a private key in the hospital's `keys/`; without it the client is a public one, with PKCE alone. `people`
    gives for a Practitioner's id there the record's, where the two have no number in common.
    """

    client_id: str
    key: str = ""
    scopes: str = "launch openid fhirUser"
    clients: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.client_id:
            raise _wrong("launch.client_id", "the id under which this hospital is registered there", self.client_id)
        if self.key and not _FILE.fullmatch(self.key):
            raise _wrong("launch.key", "the name of a file in keys/", self.key)
        if not {"launch", "openid", "fhirUser"} <= set(self.scopes.split()):
            raise _wrong("launch.scopes", "launch openid fhirUser, at least", self.scopes)

    def client_of(self, product: str) -> str:
        """Under which id a product ("" for none) is launched."""
        return self.clients.get(product, self.client_id)


@dataclass(frozen=True, slots=True)
class ContextSettings:
    """What a signed context address must be.

    `secrets` are files in the hospital's `keys/`, two at most: during a change both are good. The three systems are the
    record's identifier systems of the numbers in the address. An address is good for `lifetime_s` after its time, and the
    clocks may differ by `skew_s`. With `origins` a browser must come from a page of one of these; without, from no page at
    all. `people` gives for a user the record's Practitioner, where no number of theirs says it.
    """

    secrets: tuple[str, ...]
    patient_system: str
    user_system: str
    visit_system: str = ""
    origins: tuple[str, ...] = ()
    lifetime_s: int = 60
    skew_s: int = 30
    people: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 < len(self.secrets) <= _MOST_SECRETS or not all(map(_FILE.fullmatch, self.secrets)):
            raise _wrong("context.secrets", "one or two names of files in keys/", self.secrets)
        for name in ("patient_system", "user_system"):
            if not getattr(self, name):
                raise _wrong(f"context.{name}", "an identifier system of the record", "")
        for one in self.origins:
            if not _is_origin(one):
                raise _wrong("context.origins", "scheme://host[:port]", one)
        if not 0 < self.lifetime_s <= _LONGEST_S:
            raise _wrong("context.lifetime_s", f"1 to {_LONGEST_S}", self.lifetime_s)
        if not 0 <= self.skew_s <= _WIDEST_S:
            raise _wrong("context.skew_s", f"0 to {_WIDEST_S}", self.skew_s)


def _is_origin(text: str) -> bool:
    try:
        url = urlsplit(text)
    except ValueError:
        return False
    return url.scheme in {"http", "https"} and bool(url.hostname) and text == f"{url.scheme}://{url.netloc}".lower()


def _wrong(name: str, expected: str, got: object) -> CallerError:
    return CallerError("a setting of a link is wrong", where=name, expected=expected, got=repr(got), remedy="mend it")
