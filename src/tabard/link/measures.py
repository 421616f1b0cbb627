"""What the intake measures as it goes: how long commits take, and what was not taken. Told by one thread, read by any."""

from bisect import bisect_left
from collections import Counter

BOUNDS_S = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)
"""Upper bounds of the buckets of commit times."""


class Measures:
    """Since the start."""

    def __init__(self) -> None:
        self.commits = [0] * (len(BOUNDS_S) + 1)
        """How many commits took up to each bound, and how many longer than the last."""
        self.commits_s = 0.0
        self.refusals: Counter[tuple[str, str]] = Counter()
        """How many frames or faults were not taken, by link and reason."""

    def committed(self, took_s: float) -> None:
        """One commit took so long."""
        self.commits[bisect_left(BOUNDS_S, took_s)] += 1
        self.commits_s += took_s

    def not_taken(self, link: str, reason: str) -> None:
        """Something was refused, parked at the door, or answered AE."""
        self.refusals[link, reason] += 1
