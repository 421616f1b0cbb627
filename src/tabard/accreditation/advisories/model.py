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

    @property
    def measured(self) -> tuple[tuple[str, str], ...]:
        """Its age, as it stands beside a finding."""
        return (("advisories made", f"{self.made:%Y-%m-%d}"), ("advisories' age", f"{self.age_days} days"))

    @cached_property
    def by_package(self) -> dict[tuple[str, str], tuple[Advisory, ...]]:
        """Advisories by ecosystem and name, as names of that ecosystem are compared."""
        told: dict[tuple[str, str], list[Advisory]] = {}
        for one in self.advisories:
            told.setdefault((one.ecosystem, one.name), []).append(one)
        return {key: tuple(those) for key, those in told.items()}
