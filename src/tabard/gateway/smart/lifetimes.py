"""How long handles, codes and tokens live."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """`grant` bounds everything that one launch gave, refreshed or not: a long shift and its handover."""

    launch: timedelta = timedelta(minutes=5)
    code: timedelta = timedelta(seconds=60)
    access: timedelta = timedelta(minutes=15)
    grant: timedelta = timedelta(hours=13)
