"""Answers of the EHR kept for a moment, in memory alone, each for the question that it answered.

An answer is never used by itself: whoever takes one proves at that moment, as for any other, whose chart it is. Each was
proven so too when it was asked, so that it is the patient's at both ends of the time between.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from threading import Lock
from typing import NamedTuple

from tabard.link.ehr.driver import Searched
from tabard.link.ehr.pace import Pace
from tabard.link.ehr.searches import Pairs

LONGEST = 5
"""So many times as long as an answer is fresh it may be told to be unchanged, before it is asked again as a whole."""

_LATELY_S = 900.0
_MOST_QUESTIONS = 4
_MOST_RESOURCES = 20_000


class Question(NamedTuple):
    """What is asked about a patient, whoever it is: a type, parameters as the EHR has them, and how many pages as one."""

    type: str
    parameters: Pairs
    pages: int = 1


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer about the EHR's patient `theirs`: when it was asked, and when it was last said to be unchanged."""

    theirs: str
    answer: Searched
    asked_s: float
    confirmed_s: float


class Kept:
    """The answers by patient (the record's id) and question. Safe from any thread. Nothing of it outlives the process."""

    def __init__(self, pace: Pace, fresh_s: float) -> None:
        self._pace = pace
        self._fresh_s = fresh_s
        self._answers: dict[tuple[str, Question], Answered] = {}
        self._lately: dict[Question, float] = {}
        self._lock = Lock()

    def wanted(self, question: Question) -> None:
        """Somebody asked this, of whomever: it is worth asking beforehand."""
        with self._lock:
            self._lately.pop(question, None)
            self._lately[question] = self._pace.now()
            while len(self._lately) > _MOST_QUESTIONS:
                self._lately.pop(next(iter(self._lately)))

    def questions(self) -> tuple[Question, ...]:
        """What was asked lately."""
        with self._lock:
            return tuple(one for one, at in self._lately.items() if self._pace.now() - at < _LATELY_S)

    def fresh(self, patient: str, theirs: str, question: Question) -> tuple[Searched, float] | None:
        """The answer and its age in seconds; None where there is none, it is too old, or it is about another chart."""
        found = self.held(patient, theirs, question)
        if found is None or self._pace.now() - found.confirmed_s >= self._fresh_s:
            return None
        return found.answer, self._pace.now() - found.asked_s

    def held(self, patient: str, theirs: str, question: Question) -> Answered | None:
        """The answer, where it may still be told to be unchanged."""
        with self._lock:
            found = self._answers.get((patient, question))
        if found is None or found.theirs != theirs:
            return None
        longest = 1 if found.answer.next else LONGEST  # where a link leads on, that is good for a while only
        return found if self._pace.now() - found.asked_s < self._fresh_s * longest else None

    def keep(self, patient: str, question: Question, answered: Answered) -> None:
        """Keep an answer in place of the one before; the longest kept give way where there are too many."""
        with self._lock:
            self._answers.pop((patient, question), None)
            self._answers[patient, question] = answered
            size = sum(len(one.answer.resources) + 1 for one in self._answers.values())
            while size > _MOST_RESOURCES:
                gone = self._answers.pop(next(iter(self._answers)))
                size -= len(gone.answer.resources) + 1

    def confirm(self, patient: str, question: Question, at_s: float) -> None:
        """It was unchanged then."""
        with self._lock:
            found = self._answers.get((patient, question))
            if found is not None:
                self._answers[patient, question] = replace(found, confirmed_s=at_s)

    def only(self, patients: Iterable[str]) -> None:
        """Drop what is about anybody else."""
        left = frozenset(patients)
        with self._lock:
            self._answers = {key: one for key, one in self._answers.items() if key[0] in left}

    def drop(self, patient: str) -> None:
        """Drop what is about the patient."""
        with self._lock:
            self._answers = {key: one for key, one in self._answers.items() if key[0] != patient}
