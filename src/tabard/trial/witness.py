"""What the hospital's own audit says of a product: every request that it made, and how it ended."""

import asyncio
from concurrent.futures import Future
from pathlib import Path

from tabard.audit import AuditEvent, AuditLog, Outcome
from tabard.fhir.scopes import Letter, parse
from tabard.ground.time import Clock
from tabard.product import Part

_LETTERS: dict[str, Letter] = {
    "read": "r",
    "vread": "r",
    "history": "r",
    "history-type": "r",
    "search": "s",
    "everything": "s",
    "create": "c",
    "update": "u",
    "patch": "u",
    "delete": "d",
}
_ONLINE, _OFFLINE = "online_access", "offline_access"
_REFRESHED = "refresh"
_MOST = 20_000


class Witness(AuditLog):
    """The hospital's audit, which is remembered as well: events in their order."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        super().__init__(folder, clock)
        self.events: list[AuditEvent] = []

    def write(self, event: AuditEvent) -> Future[None]:
        """As the audit does."""
        self._remember(event)
        return super().write(event)

    def written(self, event: AuditEvent, loop: asyncio.AbstractEventLoop) -> asyncio.Future[None]:
        """As the audit does."""
        self._remember(event)
        return super().written(event, loop)

    def since(self, at: int, client: str) -> tuple[AuditEvent, ...]:
        """What a product did from the event numbered `at` on."""
        return tuple(one for one in self.events[at:] if one.client == client)

    def _remember(self, event: AuditEvent) -> None:
        if len(self.events) < _MOST:
            self.events.append(event)


def used(part: Part, events: tuple[AuditEvent, ...]) -> tuple[str, ...]:
    """Which of the scopes that a part asked for its requests needed, a letter each, and the words that it made use of."""
    needed = {need for event in events if event.outcome is Outcome.granted for need in _needs(part, event)}
    asked = parse(" ".join(part.scopes))
    told = {
        f"{one.level}/{kind}.{letter}" for one in asked.resources for kind, letter in needed if one.covers(kind, letter)
    }
    return tuple(sorted(told | {word for word in asked.words if _is_word_used(word, events)}))


def refused(events: tuple[AuditEvent, ...]) -> tuple[str, ...]:
    """What the gateway turned down, each kind once: action, type and reason, with no id in it."""
    return tuple(
        sorted(
            {
                f"{one.action} {_kind(one.resource)}: {one.reason}".replace("  ", " ")
                for one in events
                if one.outcome is Outcome.refused and one.reason is not None
            }
        )
    )


def hosts(events: tuple[AuditEvent, ...]) -> tuple[str, ...]:
    """The hosts outside that a product asked the gateway for, approved or not."""
    begin = "urn:tabard:host:"
    return tuple(sorted({(one.resource or "").removeprefix(begin) for one in events if one.action == "egress"}))


def _needs(part: Part, event: AuditEvent) -> set[tuple[str, Letter]]:
    if event.action == "hook":
        return _prefetched(part, event)
    letter = _LETTERS.get(event.action)
    kind = _kind(event.resource)
    if letter is None or not kind:
        return set()
    others = {_kind(one) for one in event.seen} - {kind, ""}
    return {(kind, letter), *((other, "r") for other in others)}


def _prefetched(part: Part, event: AuditEvent) -> set[tuple[str, Letter]]:
    """What the templates of what was given ask for."""
    told: set[tuple[str, Letter]] = set()
    for key, template in () if part.service is None else part.service.prefetch:
        if key in event.parameters:
            head, is_search, _ = template.partition("?")
            told.add((head.partition("/")[0], "s" if is_search else "r"))
    return told


def _is_word_used(word: str, events: tuple[AuditEvent, ...]) -> bool:
    granted = [one for one in events if one.outcome is Outcome.granted]
    if word in (_ONLINE, _OFFLINE):
        return any(one.action == _REFRESHED for one in granted)
    return any(one.action in ("authorize", "token") for one in granted)


def _kind(reference: str | None) -> str:
    return (reference or "").partition("/")[0]
