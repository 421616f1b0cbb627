"""The gateway as a product meets it, in fair weather and foul: answering, slow, refusing, away, or never answering."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from starlette.types import ASGIApp

from tabard.trial.asking import Reply, ask

_API = "/fhir/"
_PUBLIC = ("/fhir/metadata", "/fhir/.well-known/")
_MOST = 250
"""Requests in one scene; who asks more often than this, within minutes, is not answered any more and told as hammering."""

_KEPT_BODIES = 40
_JSON = ("content-type", "application/fhir+json")
_SAYS = {
    429: '{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"throttled"}]}',
    503: '{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"transient"}]}',
}


class Weather(StrEnum):
    """How the gateway answers."""

    fair = "fair"
    slow = "slow"
    """It answers once it is let."""
    refusing = "refusing"
    """429, with a time after which to come again."""
    away = "away"
    """503."""
    never = "never"
    """No answer, ever."""


class NoReply(Exception):  # noqa: N818  says what happened; it never leaves this room
    """The gateway gave no answer."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that was answered, as far as it is looked at afterwards: changes with what was sent and answered."""

    method: str
    path: str
    status: int
    body: bytes = b""
    answer: bytes = b""


@dataclass(slots=True)
class Sky:
    """Stands between a product and the gateway; one event loop's own. `asked` counts requests for information in the scene."""

    app: ASGIApp
    weather: Weather = Weather.fair
    asked: int = 0
    under_way: int = 0
    changes: list[Sent] = field(default_factory=list)
    _turned: asyncio.Event = field(default_factory=asyncio.Event)
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_hammered(self) -> bool:
        """Whether the scene saw more requests than any page has reason for."""
        return self.asked > _MOST

    def turn(self, weather: Weather) -> None:
        """From now on answer so; what waits for an answer has none, but for what was slow and now is fair."""
        self.weather = weather
        self._turned.set()
        self._turned = asyncio.Event()

    def begin(self) -> None:
        """A new scene: count anew."""
        self.asked = 0
        self._arrived = asyncio.Event()

    async def wait_asked(self, seconds: float) -> bool:
        """Whether something was asked in this scene, waiting so long for it."""
        try:
            await asyncio.wait_for(self._arrived.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """The gateway's answer in this weather. Raises NoReply."""
        path = urlsplit(url).path
        if path.startswith(_API) and not path.startswith(_PUBLIC):
            return await self._information(method, url, headers, body)
        return await self._counted(method, url, headers, body)

    async def _information(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        self.asked += 1
        self._arrived.set()
        turned = self._turned
        if self.weather is Weather.never or self.is_hammered:
            await turned.wait()
            raise NoReply
        if self.weather is Weather.slow:
            await turned.wait()
        if self.weather in (Weather.refusing, Weather.away):
            return _refusal(self.weather, headers)
        reply = await self._counted(method, url, headers, body)
        if method not in ("GET", "HEAD") and "_search" not in url and len(self.changes) < _KEPT_BODIES:
            self.changes.append(Sent(method, urlsplit(url).path.removeprefix(_API), reply.status, body, reply.body))
        return reply

    async def _counted(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        self.under_way += 1
        try:
            return await ask(self.app, method, url, headers, body)
        finally:
            self.under_way -= 1


def _refusal(weather: Weather, headers: Mapping[str, str]) -> Reply:
    status = 429 if weather is Weather.refusing else 503
    named = [_JSON, ("retry-after", "60"), ("access-control-allow-origin", headers.get("origin", "*"))]
    return Reply(status, tuple(named), _SAYS[status].encode())
