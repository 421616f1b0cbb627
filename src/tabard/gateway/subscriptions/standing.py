"""Standing: what the owner of a subscription may see now. Asked anew before each notification.

What was approved may have been withdrawn since: a product stopped or recalled, a client taken away, a grant revoked or over,
a person's role gone. Then there are no rights, and the subscription is turned off.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from tabard.fhir.scopes import parse
from tabard.gateway.model import SYSTEM, ClientKind, EncounterContext, PatientContext, Rights, WholeHospital
from tabard.gateway.ports import ClientRegistry
from tabard.gateway.smart.contexts import keep
from tabard.gateway.smart.grantable import grantable
from tabard.gateway.subscriptions.model import Owner, Subscription

Granted = Callable[[str], Rights | None]
"""The rights of a grant as it stands now."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Blocking; any thread."""

    clients: ClientRegistry
    granted: Granted

    def rights_of(self, one: Subscription) -> Rights | None:
        """The rights under which it is told now; None where it must be told nothing any more."""
        rights = self._service(one) if one.kind is ClientKind.backend else self._approved(one)
        if rights is None or owner_of(rights) != one.owner:
            return None
        return rights

    def _service(self, one: Subscription) -> Rights | None:
        """A service needs no grant: it might ask for a token at any time, with what it is registered for now."""
        client = self.clients.client(one.owner.client)
        if client is None or client.kind is not ClientKind.backend:
            return None
        scopes = parse(one.scopes).narrow(grantable(client))
        return Rights(
            f"{SYSTEM}/{client.id}",
            frozenset({SYSTEM}),
            scopes,
            WholeHospital(),
            client.id,
            origin=client.origin,
            client_kind=client.kind,
        )

    def _approved(self, one: Subscription) -> Rights | None:
        rights = None if one.grant is None else self.granted(one.grant)
        if rights is None:
            return None
        return replace(rights, scopes=parse(one.scopes).narrow(rights.scopes))


def owner_of(rights: Rights) -> Owner:
    """Whose a subscription made with these rights is. The break of a glass is no part of it: it ends by itself."""
    context = rights.context
    if isinstance(context, PatientContext | EncounterContext):
        context = replace(context, glass=None)
    return Owner(rights.client or "", rights.person, keep(context))
