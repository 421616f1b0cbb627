"""The product's own server, confined as at a hospital, and the gateway at the other end of its one socket."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from starlette.types import ASGIApp, Receive, Scope, Send

from tabard.gateway.cds import Hook, Hooks, Reply, Service
from tabard.ground.errors import ProductError
from tabard.ground.time import system_clock
from tabard.product import Package, Part
from tabard.runner import Deployment, Rhythm, Runner, State
from tabard.trial.hospital import PretendHospital
from tabard.trial.weather import Sent, Weather

_QUICK = Rhythm(first_pause_s=0.1, longest_pause_s=0.5, most_failures=3, look_s=0.5)
_LOOK_S = 0.02
_THROTTLED = 429
_REFUSALS = {Weather.refusing: _THROTTLED, Weather.away: 503}
_MOST = 100
_KNOWN = frozenset(str(one) for one in Hook)


@dataclass(slots=True)
class Gate:
    """The gateway's end of the socket, in fair weather and foul; what was written by it is kept."""

    app: ASGIApp
    weather: Weather = Weather.fair
    asked: int = 0
    changes: list[Sent] = field(default_factory=list)

    @property
    def is_hammered(self) -> bool:
        """Whether it was asked more often than any call has reason for."""
        return self.asked > _MOST

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, refuse, or never answer."""
        self.asked += 1
        if self.weather is Weather.never:
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        if (status := _THROTTLED if self.is_hammered else _REFUSALS.get(self.weather)) is not None:
            await send(
                {
                    "type": "http.response.start",
                    "status": status,
                    "headers": [(b"content-length", b"0"), (b"retry-after", b"60")],
                }
            )
            await send({"type": "http.response.body", "body": b""})
            return
        answer: dict[str, bytes | int] = {"status": 0, "body": b""}
        body = b""

        async def heard() -> dict[str, object]:
            nonlocal body
            message = await receive()
            body += message.get("body", b"")
            return dict(message)

        async def told(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                answer["status"] = int(str(message["status"]))
            elif isinstance(more := message.get("body"), bytes):
                answer["body"] = bytes(answer["body"]) + more
            await send(message)

        await self.app(scope, heard, told)  # type: ignore[arg-type]
        if scope["method"] not in ("GET", "HEAD"):
            path = str(scope["path"]).removeprefix("/fhir/")
            self.changes.append(Sent(scope["method"], path, int(answer["status"]), body, bytes(answer["body"])))


@dataclass(slots=True)
class Served:
    """The gateway's port `Services`: the hooks of the one product, each answered by its confined server."""

    package: Package
    runner: Runner
    gate: Gate

    def of_hook(self, hook: Hook, /) -> Sequence[Service]:
        """Those that are asked at this moment."""
        return tuple(one for one in self.all() if one.hook is hook)

    def all(self) -> Sequence[Service]:
        """Every one."""
        return tuple(one for part in self.package.manifest.parts if (one := service_of(self.package, part)) is not None)

    def post(self, service: Service, path: str, body: bytes, headers: Mapping[str, str], timeout_s: float, /) -> Reply:
        """POST to the product's server. Raises PartDown, PartTooSlow, BadAnswer."""
        answer = self.runner.call(service.client, "POST", path, body, headers, timeout_s=timeout_s)
        return Reply(answer.status, answer.body)


def service_of(package: Package, part: Part) -> Service | None:
    """A hook part as the gateway asks it; None of what is no hook, or of a hook that no hospital has."""
    said, server, manifest = part.service, package.manifest.server, package.manifest
    if said is None or server is None or said.hook not in _KNOWN:
        return None
    scopes = " ".join(part.scopes)
    return Service(
        manifest.id,
        manifest.name,
        said.id,
        Hook(said.hook),
        part.title,
        said.description,
        said.prefetch,
        scopes,
        float(server.timeout_s),
    )


@contextmanager
def served(here: PretendHospital, package: Package, folder: Path) -> Iterator[tuple[Served, Hooks]]:
    """The product's server, running, with the hospital's hooks, until the context is left.

    Raises Unconfinable where nothing can be kept apart, ProductError where the server does not come up.
    """
    manifest = package.manifest
    gate = Gate(here.gateway.socket_of(manifest.id))
    with Runner(folder / "parts", lambda _: gate, system_clock, rhythm=_QUICK) as runner:
        if manifest.server is None:
            raise ProductError("the product has no server", where="tabard.toml server")
        runner.start(Deployment(manifest.id, package.sha256, manifest.server, lambda: package.files))
        _await(runner)
        services = Served(package, runner, gate)
        hooks = here.gateway.hooks(services)
        try:
            yield services, hooks
        finally:
            hooks.close()


def _await(runner: Runner) -> None:
    pause = Event()
    while True:
        (health,) = runner.health()
        if health.state is State.running:
            return
        if health.state is State.given_up:
            raise ProductError("the product's server does not start", got=health.reason)
        pause.wait(_LOOK_S)
