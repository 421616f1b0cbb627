"""A pretend hospital whose clients subscribe: endpoints that say what they got, and a product with a server of its own."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from tabard.fhir import Resource
from tabard.fhir.scopes import parse
from tabard.gateway import Client, Context, Gateway
from tabard.gateway.egress import Caller
from tabard.gateway.egress.calling import Incoming, Outgoing
from tabard.gateway.model import ClientKind
from tabard.gateway.subscriptions import Notices
from tabard.ground.errors import ProductError
from unit.gateway.world import BASE, World

PUBLIC = "93.184.216.34"
HOST = "hooks.example.org"
ENDPOINT = f"https://{HOST}/told?by=tabard"
SECRET = "Bearer s3cr3t-of-the-endpoint"
GUIDE = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition"
OBSERVATIONS = "urn:tabard:topic:observation-changed"


@dataclass(frozen=True, slots=True)
class Post(Caller):
    """Takes what is sent, to whatever host, and answers as a test says."""

    resolve: Callable[[str, int], tuple[str, ...]] = lambda *_: (PUBLIC,)
    got: list[Outgoing] = field(default_factory=list)
    say: list[int] = field(default_factory=list)
    """Statuses for the next calls; 200 when none is left."""

    def call(self, outgoing: Outgoing, address: str) -> Incoming:
        """Take it."""
        del address
        self.got.append(outgoing)
        return Incoming(self.say.pop(0) if self.say else 200, (), b"")


@dataclass
class Servers:
    """The servers of products, as the gateway's port has them."""

    served: set[str] = field(default_factory=set)
    got: list[tuple[str, str, bytes]] = field(default_factory=list)
    is_down: bool = False

    def has_server(self, client: str, /) -> bool:
        """Whether it has one."""
        return client in self.served

    def post(self, client: str, path: str, body: bytes, timeout_s: float, /) -> int:
        """Take it."""
        assert timeout_s > 0
        if self.is_down:
            raise ProductError("the product's server is not running")
        self.got.append((client, path, body))
        return 200


class Written(NamedTuple):
    """A version as the links tell it."""

    type: str
    id: str
    version: int


class Subscribed(World):
    """The hospital. `outside` are the endpoints outside, `servers` the products' own."""

    def __init__(self, folder: Path, resolve: Callable[[str, int], tuple[str, ...]] = lambda *_: (PUBLIC,)) -> None:
        self.outside = Post(resolve=resolve)
        self.servers = Servers({"board"})
        self.elsewhere: dict[str, tuple[str, ...]] = {}
        super().__init__(folder)
        for name in ("service", "other-service"):
            self.clients.known[name] = Client(
                name, name, "", (), None, "system/*.rs", ClientKind.backend, jwks={"keys": []}
            )

    def open(self) -> Gateway:
        """The gateway, with subscriptions."""
        from tabard.database import engine  # noqa: PLC0415  as the world does

        self.engine = engine(self.folder / "gateway.db")
        told = self.notices()
        return Gateway(
            base_url=BASE,
            record=self.record,
            feeds=lambda: self.feeds,
            clients=self.clients,
            sessions=self.sessions,
            audit=self.audit,
            engine=self.engine,
            elsewhere=self.elsewhere,
            notices=Notices(told.engine, told.feed, told.hearing, self.servers, told.spawn),
            clock=self.clock,
            caller=self.outside,
        )

    def service(self, scopes: str = "system/*.rs", client: str = "service") -> str:
        """An access token of a backend service."""
        issued = self.gateway._grants.serve(self.clients.known[client], parse(scopes))
        assert issued is not None
        return issued.access

    def approve(self, client: str = "service", host: str = HOST, *, approve: bool = True) -> None:
        """The hospital's word on a host."""
        subscriptions = self.gateway.subscriptions
        assert subscriptions is not None
        subscriptions.endpoints.decide("p-admin", frozenset({"admin"}), client, host, "agreed", approve=approve)

    def send(self, method: str, path: str, token: str | None, resource: Any = None, **headers: str) -> httpx.Response:
        """One request, with a resource or raw bytes."""
        bearer = {} if token is None else {"Authorization": f"Bearer {token}"}
        kind = {} if resource is None else {"Content-Type": "application/fhir+json"}
        content = resource if isinstance(resource, bytes) or resource is None else json.dumps(resource).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask(method, f"{BASE}/{path}", headers={**bearer, **kind, **named}, content=content)

    def subscribe(self, token: str, wanted: Resource) -> str:
        """A subscription that was shaken hands on; its id."""
        made = self.send("POST", "Subscription", token, wanted)
        assert made.status_code == 201, made.text
        self.turn()
        return str(made.json()["id"])

    def told_by(self, *resources: Resource, is_replay: bool = False) -> None:
        """Let a link bring resources, and say so."""
        written = []
        with self.writer.transaction() as writing:
            for resource in resources:
                stored = writing.put(resource, "lorenzo")
                if stored is not None:
                    written.append(Written(stored.type, stored.id, stored.version))
        self.hearing.hear(written, is_replay)

    def turn(self) -> None:
        """What is due, done."""
        subscriptions = self.gateway.subscriptions
        assert subscriptions is not None
        subscriptions.service.turn()

    def found(self, id_: str) -> dict[str, Any]:
        """A service's subscription as it reads it."""
        told: dict[str, Any] = self.send("GET", f"Subscription/{id_}", self.service()).json()
        return told

    def status(self, id_: str) -> str:
        """How a service's subscription is."""
        return str(self.found(id_)["status"])

    def notifications(self) -> list[dict[str, Any]]:
        """The Bundles that came, at endpoints and at servers."""
        bodies = [*(one.body for one in self.outside.got), *(body for _, _, body in self.servers.got)]
        return [json.loads(body) for body in bodies]

    def opened(self, context: Context, scope: str = "launch user/*.rs patient/*.rs") -> str:
        """A token of the board, launched for somebody."""
        return self.access(context, scope)


def wanted(
    topic: str = OBSERVATIONS, content: str = "id-only", endpoint: str | None = ENDPOINT, **more: Any
) -> Resource:
    """A Subscription as a client sends it; `filters`, `heartbeat`, `timeout`, `most` and `header` by name."""
    numbers = [
        {"url": f"{GUIDE}/backport-{name}", kind: more.pop(key)}
        for name, kind, key in (
            ("heartbeat-period", "valueUnsignedInt", "heartbeat"),
            ("timeout", "valueUnsignedInt", "timeout"),
            ("max-count", "valuePositiveInt", "most"),
        )
        if key in more
    ]
    filters = [{"url": f"{GUIDE}/backport-filter-criteria", "valueString": text} for text in more.pop("filters", ())]
    header = more.pop("header", None)
    return {
        "resourceType": "Subscription",
        "status": "requested",
        "reason": "Bedside board",
        "criteria": topic,
        **({"_criteria": {"extension": filters}} if filters else {}),
        "channel": {
            **({"extension": numbers} if numbers else {}),
            "type": "rest-hook",
            **({"endpoint": endpoint} if endpoint else {}),
            "payload": "application/fhir+json",
            "_payload": {"extension": [{"url": f"{GUIDE}/backport-payload-content", "valueCode": content}]},
            **({"header": header} if header else {}),
        },
        **more,
    }


def kind_of(bundle: dict[str, Any]) -> str:
    """handshake, heartbeat, event-notification, ..."""
    return str(parameters(bundle)["type"])


def parameters(bundle: dict[str, Any]) -> dict[str, Any]:
    """The parameters of the status in a notification, those that come once."""
    first = bundle["entry"][0]["resource"]
    assert first["resourceType"] == "Parameters"
    return {
        one["name"]: next(value for name, value in one.items() if name.startswith("value"))
        for one in first["parameter"]
        if "part" not in one
    }


def events_in(bundle: dict[str, Any]) -> list[tuple[int, str | None]]:
    """Number and focus of each event."""
    found = []
    for one in bundle["entry"][0]["resource"]["parameter"]:
        parts = {part["name"]: part for part in one.get("part", ())}
        if parts:
            focus = parts["focus"]["valueReference"]["reference"].removeprefix(f"{BASE}/") if "focus" in parts else None
            found.append((int(parts["event-number"]["valueString"]), focus))
    return found


def told(world: Subscribed) -> list[tuple[int, str | None]]:
    """Number and focus of all events that came, in the order in which they came."""
    return [each for one in world.notifications() if kind_of(one) == "event-notification" for each in events_in(one)]


@contextmanager
def a_subscribed(folder: Path, **more: Any) -> Iterator[Subscribed]:
    """A world that is given back."""
    world = Subscribed(folder, **more)
    try:
        yield world
    finally:
        world.close()
