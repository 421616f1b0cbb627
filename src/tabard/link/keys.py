"""Keys: a keyed hash of each number under which a message names somebody, so that order is kept by person. Pure.

A key is never a number, and without the hospital's secret nobody finds the number to a key.
"""

from collections.abc import Iterable

from tabard.dialect import PatientKey
from tabard.fhir import Resource, nhs_number
from tabard.ground.ids import KeyedIds


class Keys:
    """Makes the keys of one hospital."""

    def __init__(self, ids: KeyedIds) -> None:
        self._ids = ids

    def of(self, key: PatientKey) -> tuple[bytes, ...]:
        """The keys of all numbers that may find whom a message is about, the first being the one it is held under."""
        if key.local:
            return tuple(self._made(system, value) for system, value in key.local)
        return () if key.nhs_number is None else (self._made(nhs_number.SYSTEM, key.nhs_number),)

    def of_patient(self, patient: Resource) -> frozenset[bytes]:
        """The keys of all numbers of a patient in the record, old ones too: what waits for any of them has come to its end."""
        numbers = (one for one in patient.get("identifier", []) if one.get("system"))
        return frozenset(self._made(one["system"], one.get("value", "")) for one in numbers)

    def of_all(self, keys: Iterable[PatientKey]) -> tuple[bytes, ...]:
        """The keys of several: those of a merge are both of its registrations', so that it is a barrier over both."""
        return tuple(dict.fromkeys(made for key in keys for made in self.of(key)))

    def digest(self, key: PatientKey) -> str:
        """What stands for all that a message says of who it is: the same words, the same digest."""
        local = [part for pair in sorted(key.local) for part in pair]
        return self._ids.make("settled", *local, "|", key.nhs_number or "", key.birth_date or "", key.family or "")

    def _made(self, system: str, value: str) -> bytes:
        return bytes.fromhex(self._ids.make("key", system, value).replace("-", ""))
