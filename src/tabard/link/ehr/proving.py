"""The proof that goes with every question: whose chart is asked about, proven beside the asking.

A proof holds for the one question that it was made beside, and is not remembered.
"""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import NamedTuple

from tabard.ground.errors import CallerError
from tabard.link.ehr.driver import Searched
from tabard.link.ehr.errors import Doubt, Doubtful, EhrError
from tabard.link.ehr.id_map import IdMap, Row
from tabard.link.ehr.joining import Bond, Joining
from tabard.link.ehr.pace import Budget, Pace
from tabard.link.ehr.visits import Joined, Visits

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
        """The same, of a patient who was not changed in the record meanwhile."""
        for _ in range(_TRIES):
            proof, answer = self._asked(patient, question, budget)
            held = self._joining.record.patient(patient)
            if held is not None and held.version == proof.bond.version:
                return proof, answer
        raise Doubtful(Doubt.changed_meanwhile)

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
        if bond.result().theirs != theirs:
            raise Doubtful(Doubt.another_there)
        return Proof(bond.result(), visits.result()), answer


def _done(bond: Bond) -> Future[Bond]:
    """What is known already, as what is still to come."""
    done: Future[Bond] = Future()
    done.set_result(bond)
    return done
