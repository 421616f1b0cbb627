"""The numbers of a pretend Millennium: ids that mean nothing outside, and the FIN of a visit."""

from collections.abc import Iterator
from random import Random

_FIN_AFTER_VISIT = 2_345_671
_FIRST = {
    "Patient": 12_700_000,
    "Encounter": 97_900_000,
    "Practitioner": 41_200_000,
    "Location": 32_100_000,
    "Organization": 67_500_000,
    "AllergyIntolerance": 18_800_000,
    "event": 197_000_000,
    "written": 296_000_000,
}


def fin_of(visit: str) -> str:
    """The account number under which a visit is paid for; ADT and chart agree on it."""
    return str(int(visit) + _FIN_AFTER_VISIT)


class Numbers:
    """Fresh ids of each kind, never twice and with gaps, so that none can be told from another."""

    def __init__(self, seed: int) -> None:
        chance = Random(f"millennium ids {seed}")  # noqa: S311  repeatable, and guards nothing
        self._each = {kind: _gappy(first, chance) for kind, first in _FIRST.items()}

    def next(self, kind: str) -> str:
        """The next id of a resource type, of a clinical event (`event`) or of one that somebody sent (`written`), as digits."""
        return str(next(self._each[kind]))


def _gappy(first: int, chance: Random) -> Iterator[int]:
    number = first + chance.randrange(40_000)
    while True:
        number += chance.randrange(3, 90)
        yield number
