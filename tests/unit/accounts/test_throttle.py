"""Sign-in is not tried for ever."""

from datetime import UTC, datetime, timedelta

import pytest

from tabard.accounts import Throttle, TooManyTries
from tabard.accounts.throttle import Limit


class Turn:
    """A clock that a test turns."""

    now = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time that the test set."""
        return self.now


def test_the_sixth_try_waits_and_time_opens_it_again() -> None:
    """Five tries are free; the sixth says how long to wait; after that time they are free again."""
    clock = Turn()
    throttle = Throttle(clock)
    for _ in range(5):
        throttle.take("nurse", "10.0.0.1")
    clock.now += timedelta(seconds=100)
    with pytest.raises(TooManyTries) as told:
        throttle.take("nurse", "10.0.0.1")
    assert told.value.wait_s == 200
    clock.now += timedelta(seconds=200)
    throttle.take("nurse", "10.0.0.1")


def test_a_stranger_elsewhere_does_not_shut_a_person_out() -> None:
    """Wrong tries from one place leave the same name free from another."""
    throttle = Throttle(Turn())
    for _ in range(5):
        throttle.take("nurse", "10.0.0.1")
    throttle.take("nurse", "10.0.0.2")


def test_one_place_cannot_try_names_without_end() -> None:
    """Many names from one place are stopped in the end."""
    throttle = Throttle(Turn(), {"both": Limit(5, 60), "person": Limit(9, 60), "place": Limit(3, 60)})
    for name in ("a", "b", "c"):
        throttle.take(name, "10.0.0.1")
    with pytest.raises(TooManyTries):
        throttle.take("d", "10.0.0.1")


def test_signing_in_forgives_the_tries_before() -> None:
    """After the right password the count begins anew."""
    throttle = Throttle(Turn())
    for _ in range(4):
        throttle.take("nurse", "10.0.0.1")
    throttle.forgive("nurse", "10.0.0.1")
    for _ in range(5):
        throttle.take("nurse", "10.0.0.1")
