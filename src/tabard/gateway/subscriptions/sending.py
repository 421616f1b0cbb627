"""Sending one notification: to an endpoint over HTTPS, or to the socket of a product's server. Blocking, bounded in time."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from tabard.gateway.egress import Bounds, Caller
from tabard.gateway.egress.calling import Outgoing
from tabard.gateway.errors import Refused
from tabard.gateway.subscriptions.asked import JSON, place_of
from tabard.gateway.subscriptions.endpoints import Endpoints
from tabard.gateway.subscriptions.model import Subscription
from tabard.gateway.subscriptions.ports import Sockets
from tabard.ground.errors import PeerError, ProductError

PATH = "/notifications"
"""Where a product's server takes notifications."""

_DONE = range(200, 300)
_ANSWER_BYTES = 64 * 1024


class Sent(NamedTuple):
    """How a notification was taken; `why` is "" where it was."""

    status: int | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Sending:
    """Any thread. `caller` connects to the address that it checked, and follows no redirect."""

    endpoints: Endpoints
    caller: Caller
    sockets: Sockets

    def send(self, one: Subscription, body: bytes) -> Sent:
        """Send it. The endpoint is judged anew: an approval may have been withdrawn, a name may lead elsewhere now."""
        try:
            status = self._call(one, body) if one.wanted.endpoint else self._hand(one, body)
        except Refused as refused:
            return Sent(None, refused.message)
        except (PeerError, ProductError) as fault:
            return Sent(None, fault.message)
        return Sent(status, "" if status in _DONE else f"The endpoint answered with the status {status}.")

    def _hand(self, one: Subscription, body: bytes) -> int:
        return self.sockets.post(one.owner.client, PATH, body, float(one.wanted.timeout_s))

    def _call(self, one: Subscription, body: bytes) -> int:
        self.endpoints.require(one.owner.client, one.kind, one.wanted.endpoint)
        name, port, target, is_plain = place_of(one.wanted.endpoint)
        headers = {"content-type": JSON, "accept": JSON}
        outgoing = Outgoing("POST", name, port, target, headers, body, one.wanted.header, is_plain)
        bounds = Bounds(len(body), _ANSWER_BYTES, one.wanted.timeout_s)
        caller = replace(self.caller, bounds=bounds)
        return caller.call(outgoing, caller.locate(outgoing)).status
