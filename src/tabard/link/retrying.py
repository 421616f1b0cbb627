"""Retrying: how long to wait before something that was busy is tried again, and how often. Pure."""

from datetime import timedelta

FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(minutes=1)
MOST_ATTEMPTS = 10
"""After so many a message is parked as stuck: by then some six minutes have gone."""

_SPREAD = 2654435761
_STEPS = 1024


def pause(attempts: int, seq: int) -> timedelta:
    """The pause after so many attempts: each twice the one before, and each message's a little different.

    So what failed together does not come back together. The difference is made from the message's number, so that the same
    message waits the same time whenever it is tried.
    """
    whole = min(FIRST_PAUSE * (1 << min(attempts, MOST_ATTEMPTS)), LONGEST_PAUSE)
    part = (seq + attempts) * _SPREAD % _STEPS / _STEPS
    return whole / 2 + whole / 2 * part
