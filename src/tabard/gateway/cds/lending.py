"""Lending: what a service may see while it is asked, and a token for just so long.

The token of whoever asks is never passed on: each service gets one of its own, with the scopes that it was accredited for
and the one patient or visit, and it is good for nothing once the call is over. Source: CDS Hooks 2.0, "FHIR Resource Access".
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from tabard.fhir.scopes import parse
from tabard.gateway.cds.model import Occasion, Service
from tabard.gateway.errors import forbidden
from tabard.gateway.model import Rights
from tabard.gateway.ports import ClientRegistry
from tabard.gateway.smart.grantable import grantable
from tabard.gateway.smart.grants import Grants
from tabard.ground.ids import MakeToken


@dataclass(frozen=True, slots=True)
class Loan:
    """The rights of a service for one call, and the token that stands for them."""

    rights: Rights
    token: str


@dataclass(frozen=True, slots=True)
class Lending:
    """Gives services rights for as long as they are asked."""

    clients: ClientRegistry
    grants: Grants
    make_token: MakeToken

    @contextmanager
    def lent(self, service: Service, occasion: Occasion) -> Iterator[Loan]:
        """The loan, taken back when the context is left. Raises Refused where the product is not live any more."""
        client = self.clients.client(service.client)
        if client is None:
            raise forbidden("client", "The product is not live here.")
        scopes = parse(service.scopes).narrow(grantable(client))
        grant = self.make_token()
        rights = Rights(
            occasion.person, occasion.roles, scopes, occasion.context, client.id, grant, client.origin, client.kind
        )
        token = self.grants.lend(rights, timedelta(seconds=service.timeout_s))
        try:
            yield Loan(rights, token)
        finally:
            self.grants.take_back(grant)
