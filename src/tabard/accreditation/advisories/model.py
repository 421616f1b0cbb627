"""An advisory as far as we match by it, and a set of them with the day on which it was made.

Source: OSV schema 1.6: `affected[].package`, `affected[].ranges[].events`, `affected[].versions`, `aliases`, `withdrawn`.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Range:
    """Versions from `introduced` on, and before `fixed` or up to `last` where one of them is said; "0" is before all."""

    introduced: str
    fixed: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class Advisory:
    """What is known of one package of one ecosystem ("PyPI" or "npm").

    `ranges` and `versions` say which of its versions are concerned: one of either is enough.
    """

    id: str
    ecosystem: str
    name: str
    summary: str
    ranges: tuple[Range, ...] = ()
    versions: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class AdvisorySet:
    """All that was known on the day it was made, by whoever signed it; `sha256` is of the signed bytes, in hexadecimal.

    `age_days` is how old it was when it was read: it is measured, and stands in no digest.
    """

    made: datetime
    sha256: str
    ecosystems: tuple[str, ...]
    advisories: tuple[Advisory, ...]
    age_days: int = 0

    @cached_property
    def by_package(self) -> dict[tuple[str, str], tuple[Advisory, ...]]:
        """Advisories by ecosystem and name."""
        told: dict[tuple[str, str], tuple[Advisory, ...]] = {}
        for one in self.advisories:
            told[one.ecosystem, one.name] = (*told.get((one.ecosystem, one.name), ()), one)
        return told
