"""Endpoints: where notifications may go. A trust approves for each client the hosts at which it may be told.

What an installed product names is judged by what it declared and the trust approved of it (`egress`); what a registered
client names, by an approval of that host for notifications. Addresses inside are refused unless `[egress] internal` names
them, and plain HTTP is for this machine alone. Source: OWASP Server Side Request Forgery Prevention; RFC 9110 15.4.
"""

from dataclasses import dataclass

from sqlalchemy import Engine, select

from tabard.audit import AuditLog
from tabard.gateway.egress import Approvals
from tabard.gateway.egress.approvals import APPROVALS
from tabard.gateway.errors import Refused, bad_request
from tabard.gateway.model import ClientKind
from tabard.gateway.subscriptions.asked import place_of
from tabard.ground.time import Clock
from tabard.product import Outside

_PURPOSE = "notifications of subscriptions"
_DATA = ("what the client's scopes let it see",)
_LONGEST = 260


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Blocking; any thread. `engine` is of gateway.db, where approvals are; `declared` judges what products name."""

    engine: Engine
    declared: Approvals
    audit: AuditLog
    clock: Clock

    def require(self, client: str, kind: ClientKind, endpoint: str) -> None:
        """Refuse (403) an endpoint at a host that was not approved for the client."""
        name, port, _, _ = place_of(endpoint)
        approvals = self.declared if kind is ClientKind.product else self._of(_told(name, port))
        try:
            approvals.require(client, name, port)
        except Refused as refused:
            raise Refused(
                refused.status, refused.code, refused.reason, "This hospital has not approved that this client is told at this host.",
                where="Subscription.channel.endpoint", remedy="Have the hospital approve it: tabard hospital subscription approve.",
            ) from refused  # fmt: skip

    def decide(self, person: str, roles: frozenset[str], client: str, host: str, reason: str, *, approve: bool) -> None:
        """Approve a host (`name` or `name:port`) for a registered client, or withdraw that. Raises Refused, AuditUnavailable."""
        name, _, port = host.partition(":")
        is_fit = len(host) <= _LONGEST and name == name.lower() and all(mark.isalnum() or mark in ".-" for mark in name)
        if not (is_fit and name and host.isascii() and (port.isdigit() or ":" not in host)):
            raise bad_request(
                "host", "This is no host.", remedy="Its whole name in small letters, with :PORT unless 443."
            )
        self._of(_told(name, int(port or 443))).decide(
            person, roles, client, _told(name, int(port or 443)), reason, approve=approve
        )

    def approved(self, client: str) -> tuple[str, ...]:
        """The hosts that are approved now for a client, for this purpose or as declared."""
        of = (APPROVALS.c.product == client, APPROVALS.c.is_approved)
        with self.engine.begin() as connection:
            rows = connection.execute(select(APPROVALS.c.host).where(*of)).scalars()
            return tuple(sorted(rows))

    def _of(self, host: str) -> Approvals:
        return Approvals(self.engine, lambda _: (Outside(host, _PURPOSE, _DATA),), self.audit, self.clock)


def _told(name: str, port: int) -> str:
    return name if port == 443 else f"{name}:{port}"  # noqa: PLR2004  HTTPS's own port
