"""A request as far as it is read, whether it came alone or as an entry of a Bundle. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from tabard.fhir import Resource
from tabard.gateway.api.routes import Route
from tabard.gateway.errors import Refused
from tabard.gateway.http import parameters_of

Pairs = tuple[tuple[str, str], ...]
HEADERS = frozenset(
    {b"authorization", b"accept", b"origin", b"content-type", b"prefer"}
    | {b"if-none-match", b"if-modified-since", b"if-match", b"if-none-exist"}
)
"""The headers that matter."""


class Request(NamedTuple):
    """What is asked, with its headers (of `HEADERS`), its parameters, its body, and what is wrong with that.

    `resource` is the body of an entry, already read; `name` is an entry's fullUrl, by which others may refer to it.
    """

    route: Route
    headers: Mapping[bytes, str] = MappingProxyType({})
    query: bytes = b""
    form: bytes = b""
    body: bytes = b""
    resource: Resource | None = None
    fault: Refused | None = None
    is_head: bool = False
    name: str = ""

    @property
    def is_asking(self) -> bool:
        """Whether there are parameters at all."""
        return bool(self.query or self.form)

    def pairs(self) -> Pairs:
        """The parameters of the address and of the form. Raises Refused."""
        if not self.query and not self.form:
            return ()
        return (*parameters_of(self.query), *parameters_of(self.form))
