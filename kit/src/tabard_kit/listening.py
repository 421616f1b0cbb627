"""Listening: which function hears of which topic, one notification of a subscription at a time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from tabard_kit.errors import Busy, NobodyListens, NotTaken
from tabard_kit.notifications import Notification, notification_of

Hears = Callable[[Notification], None]
"""Returns once it has kept what it was told: then it is not told again. Whatever it raises, it is."""


@dataclass(frozen=True, slots=True)
class Listening:
    """The functions of one product that are told, by topic. Any thread."""

    by_topic: dict[str, Hears] = field(default_factory=dict)
    _in_hand: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def listen(self, topic: str, hears: Hears) -> None:
        """Let a function hear of a topic. Raises ValueError for one that is heard of already."""
        if topic in self.by_topic:
            raise ValueError(f"there is a function for {topic or 'no topic'} already")
        self.by_topic[topic] = hears

    def hear(self, told: Any) -> None:
        """Hand the JSON of a notification to its function. Raises BadCall, NobodyListens, Busy, and NotTaken where it raised."""
        notification = notification_of(told)
        hears = self.by_topic.get(notification.topic)
        if hears is None:
            raise NobodyListens
        with self._alone(notification.subscription):
            try:
                hears(notification)
            except Exception as fault:
                raise NotTaken from fault

    @contextmanager
    def _alone(self, subscription: str) -> Iterator[None]:
        with self._lock:
            if subscription in self._in_hand:
                raise Busy
            self._in_hand.add(subscription)
        try:
            yield
        finally:
            with self._lock:
                self._in_hand.discard(subscription)
