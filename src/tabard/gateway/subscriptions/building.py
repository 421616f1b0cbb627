"""All of the subscriptions of one hospital, put together from their parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine

from tabard.audit import AuditLog
from tabard.gateway.api.capability import Topics
from tabard.gateway.api.looking import Looking
from tabard.gateway.egress import Approvals, Caller
from tabard.gateway.ports import ClientRegistry, Feeds
from tabard.gateway.smart.grants import Grants
from tabard.gateway.subscriptions.app import SubscriptionApp
from tabard.gateway.subscriptions.delivering import Delivering
from tabard.gateway.subscriptions.desk import Desk
from tabard.gateway.subscriptions.endpoints import Endpoints
from tabard.gateway.subscriptions.events import Events
from tabard.gateway.subscriptions.hearing import Hearing
from tabard.gateway.subscriptions.judging import Judging
from tabard.gateway.subscriptions.noticing import Noticing
from tabard.gateway.subscriptions.ports import Feed, NoSockets, Sockets, Spawn
from tabard.gateway.subscriptions.sending import Sending
from tabard.gateway.subscriptions.service import Service
from tabard.gateway.subscriptions.shelf import Shelf
from tabard.gateway.subscriptions.standing import Standing
from tabard.gateway.subscriptions.topics import Topic, topics_of, unheard
from tabard.ground.time import Clock


@dataclass(frozen=True, slots=True)
class Notices:
    """What subscriptions need of the hospital: a database of their own, its record's writes, its products' servers.

    `hearing` is told by the links which writes were live, and must be so before they begin.
    `spawn` has a delivery done beside; where none is given, each in a thread of its own.
    """

    engine: Engine
    feed: Feed
    hearing: Hearing
    sockets: Sockets = field(default_factory=NoSockets)
    spawn: Spawn | None = None


@dataclass(frozen=True, slots=True)
class Here:
    """The parts of the gateway that they need; `engine` is of gateway.db, where approvals are."""

    base: str
    looking: Looking
    clients: ClientRegistry
    grants: Grants
    declared: Approvals
    caller: Caller
    engine: Engine
    audit: AuditLog
    clock: Clock
    feeds: Feeds


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """`app` answers their owners, `service` tells them; `unheard` are the types of which nothing is heard here."""

    app: SubscriptionApp
    service: Service
    topics: Mapping[str, Topic]
    unheard: Sequence[str]
    endpoints: Endpoints

    @property
    def offered(self) -> Topics:
        """What the CapabilityStatement tells."""
        return Topics(tuple(self.topics), self.unheard)


def subscriptions_of(here: Here, notices: Notices) -> Subscriptions:
    """All parts, joined."""
    clock, elsewhere = here.clock, here.looking.elsewhere
    topics = topics_of(elsewhere)
    shelf, events = Shelf(notices.engine, clock), Events(notices.engine, clock)
    endpoints = Endpoints(here.engine, here.declared, here.audit, clock)
    standing = Standing(here.clients, here.grants.standing)
    sending = Sending(endpoints, here.caller, notices.sockets)
    judging = Judging(here.looking)
    delivering = Delivering(
        here.base, notices.feed, shelf, events, topics, standing, judging, sending, here.audit, clock, here.feeds
    )
    noticing = Noticing(notices.feed, shelf, events, topics, notices.hearing)
    service = Service(noticing, delivering, notices.hearing, notices.spawn)
    desk = Desk(delivering, endpoints, notices.sockets, service.nudge)
    app = SubscriptionApp(here.base, desk, here.grants, here.audit, clock, clock().date().isoformat())
    return Subscriptions(app, service, topics, unheard(elsewhere), endpoints)
