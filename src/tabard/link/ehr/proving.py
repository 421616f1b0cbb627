"""The proof that goes with every question: whose chart is asked about, proven beside the asking.

A proof holds for the one question that it was made beside, and is not remembered. Beside is not at the same moment: results
that name no visit of the patient's in the record are proven once more, after they were given.
"""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import NamedTuple

from tabard.fhir import Resource
from tabard.ground.errors import CallerError
from tabard.link.ehr.combined import combined_into
from tabard.link.ehr.driver import Searched
from tabard.link.ehr.errors import Doubt, Doubtful, EhrError
from tabard.link.ehr.id_map import IdMap, Row
from tabard.link.ehr.joining import Bond, Joining
from tabard.link.ehr.pace import Budget, Pace
from tabard.link.ehr.references import target_of
from tabard.link.ehr.visits import Joined, Visits
from tabard.record import Stored

_TRIES = 2
Question = Callable[[str, Budget], Searched]
"""Asks about the EHR's patient of that id."""


class Proof(NamedTuple):
    """Whose chart was asked about, and the record's ids of the visits in it."""

    bond: Bond
    visits: Joined


class Proving:
    """Asks with proof. Blocking; safe from any thread. `tell` counts a doubt about a patient of the record."""

    def __init__(
        self,
        joining: Joining,
        visits: Visits,
        id_map: IdMap,
        *,
        pace: Pace,
        patience_s: float,
        beside: Executor,
        tell: Callable[[str, str], None],
    ) -> None:
        self._joining = joining
        self._visits = visits
        self._map = id_map
        self._pace = pace
        self._patience_s = patience_s
        self._beside = beside
        self._tell = tell

    def ask(self, patient: str, question: Question) -> tuple[Proof, Searched]:
        """The answer, with the proof whose it is. Raises Doubtful, EhrError; then nothing of the answer is used."""
        try:
            return self._settled(patient, question, Budget(self._patience_s, self._pace))
        except Doubtful as doubtful:
            self._map.forget("Patient", patient)
            self._tell(doubtful.doubt, patient)
            raise

    def _settled(self, patient: str, question: Question, budget: Budget) -> tuple[Proof, Searched]:
        """The same, of a patient who was not changed in the record meanwhile, nor combined into another there."""
        survivors: frozenset[str] = frozenset()
        for _ in range(_TRIES):
            try:
                proof, answer = self._asked(patient, question, budget)
            except Doubtful as doubtful:
                if survivors:
                    raise
                survivors = self._followed(patient, doubtful, budget)
                continue
            if survivors and proof.bond.theirs not in survivors:
                raise Doubtful(Doubt.another_there)
            held = self._joining.record.patient(patient)
            if held is not None and held.version == proof.bond.version:
                return proof, answer
        raise Doubtful(Doubt.changed_meanwhile)

    def _followed(self, patient: str, doubtful: Doubtful, budget: Budget) -> frozenset[str]:
        """Who took the place of the one whom the map named, if it was combined away there; then all is proven anew.

        No search finds who was combined away, so it is read by its id. Raises the doubt where nothing explains it, and
        `given_up_there` where the numbers lead to nobody yet.
        """
        row = self._map.by_ours("Patient", patient)
        if row is None or doubtful.doubt not in {Doubt.another_there, Doubt.not_there}:
            raise doubtful
        try:
            held = self._joining.driver.read("Patient", row.theirs, budget)
        except EhrError:
            raise doubtful from None
        survivors = frozenset() if held is None else combined_into(self._joining.driver.base, held)
        if not survivors:
            raise doubtful
        if doubtful.doubt is Doubt.not_there:
            raise Doubtful(Doubt.given_up_there)
        self._map.forget("Patient", patient)
        return survivors

    def _asked(self, patient: str, question: Question, budget: Budget) -> tuple[Proof, Searched]:
        """The question, and beside it the proof: the patient by their numbers, and the visits of the chart."""
        stored = self._joining.asked(patient)
        row = self._map.by_ours("Patient", patient)
        if row is None:  # the first time it is proven before it is asked about
            first = self._joining.prove(stored, budget)
            self._map.keep([Row("Patient", patient, first.theirs, patient)])
            theirs, bond = first.theirs, _done(first)
        else:
            theirs, bond = row.theirs, self._beside.submit(self._joining.prove, stored, budget)
        visits = self._beside.submit(self._visits.of, patient, theirs, budget)
        try:
            answer = question(theirs, budget)
        except (EhrError, CallerError):
            bond.result(), visits.result()  # a doubt outweighs a failure
            raise
        proof = _proof(theirs, bond.result(), visits.result())
        if not self._is_covered(proof, answer):
            proof = self._again(stored, theirs, budget)
        return proof, answer

    def _is_covered(self, proof: Proof, answer: Searched) -> bool:
        """Whether every result names a visit that is the patient's in the record: then it is theirs, whenever it was proven."""
        return bool(answer.resources) and all(self._visit(one) in proof.visits for one in answer.resources)

    def _visit(self, resource: Resource) -> str | None:
        named = resource.get("encounter")
        told = named.get("reference") if isinstance(named, dict) else None
        target = target_of(self._joining.driver.base, told) if isinstance(told, str) else None
        return target.id if target is not None and target.type == "Encounter" else None

    def _again(self, stored: Stored, theirs: str, budget: Budget) -> Proof:
        """The proof once more, after the answer: what was proven beside it may have changed before it was given."""
        bond = self._beside.submit(self._joining.prove, stored, budget)
        visits = self._visits.of(stored.id, theirs, budget)
        return _proof(theirs, bond.result(), visits)


def _proof(theirs: str, bond: Bond, visits: Joined) -> Proof:
    """The proof that `theirs` is the patient."""
    if bond.theirs != theirs:
        raise Doubtful(Doubt.another_there)
    if bond.needs_a_visit and not visits:
        raise Doubtful(Doubt.name_differs)
    return Proof(bond, visits)


def _done(bond: Bond) -> Future[Bond]:
    """What is known already, as what is still to come."""
    done: Future[Bond] = Future()
    done.set_result(bond)
    return done
