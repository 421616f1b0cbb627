"""Whom a message is about: the record's id for the identifiers that a message holds.

First by local identifiers (an authority's number); by NHS number only where a message holds no local one, and then only
when the number passes its check, is not told to be unverified, and birth date and family name agree. A message that gives a
patient the NHS number of somebody else, of another birth date, is in doubt: two people are on one number. Whoever was merged
away is found as the survivor. A doubt is never decided here: the message is parked, and what a person then decides is the
answer to the same words from then on (`settling`).

`RecordIds` is the `IdMaker` for one message over the record; `LooseIds` knows no record, for a look at a translation.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Protocol

from tabard.dialect import PatientKey
from tabard.fhir import Resource, nhs_number
from tabard.ground.ids import KeyedIds
from tabard.link.errors import Parked, ParkedReason
from tabard.link.likeness import is_believed, is_born_alike, is_named_alike, is_same_person

_OF_A_LINK = frozenset({"DiagnosticReport", "Observation"})
"""Types whose numbers two laboratories may both have given out: their ids are apart by link."""

_OF_THE_HOUSE = frozenset({"Location", "Organization", "Practitioner"})
"""Types that come again with every message: their ids are made once. Nothing of a patient is remembered."""

_MOST = 8192

Decided = Callable[[PatientKey], str | None]
"""The patient whom a person decided these words to mean; None where nobody decided."""


class Known(Protocol):
    """What identity asks of the record."""

    def get(self, resource_type: str, resource_id: str, /) -> Resource | None:
        """The resource, or None where there is none."""

    def find(self, resource_type: str, parameter: str, value: str, /) -> Sequence[str]:
        """Ids of the resources that a search parameter finds; `value` is one value as it is."""


class LooseIds:
    """Ids from identifiers alone: the same identifiers, the same ids, whatever any record holds."""

    def __init__(self, ids: KeyedIds, link: str = "") -> None:
        self._ids = ids
        self._link = link
        self._of_the_house = lru_cache(maxsize=_MOST)(ids.make)

    def patient(self, key: PatientKey) -> str:
        """The id of a person who is known by `key` alone. Raises Parked where nothing in it names a person."""
        if key.local:
            return self._ids.make("Patient", *key.local[0])
        if key.nhs_number is not None:
            return self._ids.make("Patient", nhs_number.SYSTEM, key.nhs_number)
        raise Parked(ParkedReason.no_patient_identifier)

    def prior_patient(self, key: PatientKey) -> str:
        """The id of the person who is merged away."""
        return self.patient(key)

    def other(self, type: str, *parts: str) -> str:  # noqa: A002  FHIR's word
        """The id of anything else."""
        if type in _OF_THE_HOUSE:
            return self._of_the_house(type, *parts)
        return self._ids.make(type, *((self._link,) if type in _OF_A_LINK else ()), *parts)


class RecordIds:
    """Ids for one message over what the record holds; remembers the keys that it was asked for.

    `ask` is called with each key first, and may raise. `decided` is what persons decided of such words, and `doubted` what they
    did of this message, asked where it is in doubt. `as_registered` finds the registration itself and not who survived it: an
    unmerge is about those.
    """

    def __init__(
        self,
        known: Known,
        loose: LooseIds,
        *,
        ask: Callable[[PatientKey], None] = lambda _: None,
        decided: Decided = lambda _: None,
        doubted: Decided = lambda _: None,
        as_registered: bool = False,
    ) -> None:
        self._known = known
        self._loose = loose
        self._ask = ask
        self._decided = decided
        self._doubted = doubted
        self._as_registered = as_registered
        self.key: PatientKey | None = None
        """Of the patient asked for last."""
        self.prior_key: PatientKey | None = None
        self.keys: dict[str, PatientKey] = {}
        """Id to the key that it was found by."""
        self.settled: set[str] = set()
        """Ids that a person decided on."""

    def patient(self, key: PatientKey) -> str:
        """The id of the person whom `key` names; that of a new one where nobody is known by it.

        Raises Parked (`ambiguous_patient`) where two are, or where only the NHS number agrees.
        """
        self._ask(key)
        self.key = key
        find = self.registration if self._as_registered else self._found
        found = self._settled(key, find)
        self.keys[found] = key
        return found

    def prior_patient(self, key: PatientKey) -> str:
        """The id under which the person who is merged away was registered: not that of who survived an earlier merge.

        Where `key` also names whom that person survived, it is still the one person. Raises Parked (`ambiguous_patient`) where two are registered by `key`.
        """
        self._ask(key)
        self.prior_key = key
        return self._settled(key, self.registration)

    def other(self, type: str, *parts: str) -> str:  # noqa: A002  FHIR's word
        """The id of anything else."""
        return self._loose.other(type, *parts)

    def registration(self, key: PatientKey) -> str:
        """The id of the registration that has a number of `key` in use; of none known, the one it would get."""
        named = matches(self._known, key)
        own = {one for one in named if not key.local or not is_by_old_number(self._known.get("Patient", one), key)}
        last = [one for one in own if survivor(self._known, one) not in own - {one}]
        return _only(last) if own else self._loose.patient(key)

    def _found(self, key: PatientKey) -> str:
        found = self._by_numbers(key)
        if key.local and key.nhs_number is not None and has_anothers(self._known, found, key):
            raise Parked(ParkedReason.ambiguous_patient)
        return found

    def _by_numbers(self, key: PatientKey) -> str:
        if found := survivors(self._known, matches(self._known, key)):
            return _only(found)
        new = self._loose.patient(key)
        if self._known.get("Patient", new) is not None:  # registered by this number, and not known by it any more
            raise Parked(ParkedReason.ambiguous_patient)
        return new

    def _settled(self, key: PatientKey, find: Callable[[PatientKey], str]) -> str:
        """As a person decided, else whom the record knows."""
        decided = self._decided(key)
        if decided is None:
            try:
                return find(key)
            except Parked as fault:
                decided = self._doubted(key) if fault.reason is ParkedReason.ambiguous_patient else None
                if decided is None:
                    raise
        found = survivor(self._known, decided)
        self.settled.add(found)
        return found


class KeysOf:
    """Collects the keys of a message and finds nobody: for one of whom it is in doubt whom it is about."""

    def __init__(self, loose: LooseIds) -> None:
        self._loose = loose
        self.keys: list[PatientKey] = []

    def patient(self, key: PatientKey) -> str:
        """Any id."""
        self.keys.append(key)
        return self._loose.other("Patient", str(len(self.keys)))

    prior_patient = patient

    def other(self, type: str, *parts: str) -> str:  # noqa: A002  FHIR's word
        """The id of anything else."""
        return self._loose.other(type, *parts)


def matches(known: Known, key: PatientKey) -> frozenset[str]:
    """Ids of the patients known by `key`, those merged away too. Raises Parked where a match by NHS number is doubtful."""
    if key.local:
        tokens = [f"{system}|{value}" for system, value in key.local]
        return frozenset(one for token in tokens for one in known.find("Patient", "identifier", token))
    if key.nhs_number is None:
        return frozenset()
    found = frozenset(known.find("Patient", "identifier", f"{nhs_number.SYSTEM}|{key.nhs_number}"))
    believed = frozenset(one for one in found if is_believed(known.get("Patient", one), key.nhs_number))
    for id_ in survivors(known, believed):
        patient = known.get("Patient", id_)
        if patient is not None and not (is_born_alike(patient, key) and is_named_alike(patient, key)):
            raise Parked(ParkedReason.ambiguous_patient)
    return believed


def has_anothers(known: Known, id_: str, key: PatientKey) -> bool:
    """Whether the NHS number of `key`, new to the patient `id_`, is somebody else's: born on another day, or where that is not known, of another name.

    A second registration of the same person may bring the same number; two people have two.
    """
    number = key.nhs_number or ""
    if is_believed(known.get("Patient", id_), number):
        return False
    held = survivors(known, known.find("Patient", "identifier", f"{nhs_number.SYSTEM}|{number}")) - {id_}
    others = [one for one in (known.get("Patient", each) for each in held) if is_believed(one, number)]
    return any(one is not None and not is_same_person(one, key) for one in others)


def holders(known: Known, key: PatientKey | None) -> frozenset[str]:
    """Ids of the patients of now who hold a local number of `key`, be it as an old one."""
    return survivors(known, matches(known, PatientKey(key.local))) if key else frozenset()


def survivors(known: Known, ids: Iterable[str]) -> frozenset[str]:
    """The ids, each followed over merges to who survived."""
    return frozenset(survivor(known, id_) for id_ in ids)


def survivor(known: Known, id_: str) -> str:
    """Who `id_` is now: itself, or at the end of its replaced-by links the one who survived."""
    seen = {id_}
    while (successor := replaced_by(known.get("Patient", id_))) is not None and successor not in seen:
        seen.add(successor)
        id_ = successor
    return id_


def replaced_by(patient: Resource | None) -> str | None:
    """The id of the patient who took this one's place, if it was merged away."""
    links = (patient or {}).get("link", [])
    references = (link["other"]["reference"] for link in links if link.get("type") == "replaced-by")
    return next((reference.partition("/")[2] for reference in references), None)


def is_by_old_number(patient: Resource | None, key: PatientKey | None) -> bool:
    """Whether the patient was reached by numbers alone that a merge put out of use.

    What such a message says of the person is what the registration given up said.
    """
    if patient is None or key is None or not key.local:
        return False
    in_use = {(one.get("system"), one["value"]) for one in patient.get("identifier", []) if one.get("use") != "old"}
    return in_use.isdisjoint(key.local)


def _only(found: Iterable[str]) -> str:
    first, *others = found
    if others:
        raise Parked(ParkedReason.ambiguous_patient)
    return first
