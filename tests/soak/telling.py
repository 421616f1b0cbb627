"""The story: what happens next in the pretend hospital, drawn from a seed, changed in the truth and put into words."""

from collections.abc import Callable, Iterator

from soak.people_told import OfPeople
from soak.tale import Told
from soak.visits_told import OfVisits


class Story(OfPeople, OfVisits):
    """People and visits, each kind of event as often as its weight has it."""

    def __iter__(self) -> Iterator[Told]:
        choices, weights = zip(*self._weighted(), strict=True)
        while self._count < self._messages:
            (choice,) = self._chance.choices(choices, weights)
            if (told := choice()) is not None:
                yield told

    def _weighted(self) -> tuple[tuple[Callable[[], Told | None], int], ...]:
        return (
            (self._register, 20),
            (self._register_double, 4),
            (self._merge, 3),
            (self._unmerge, 1),
            (self._renumber, 1),
            (self._move_house, 16),
            (self._admit, 50),
            (self._come_to_emergency, 12),
            (self._become_inpatient, 30),
            (self._plan, 8),
            (self._arrive, 6),
            (self._cancel_plan, 2),
            (self._move, 60),
            (self._cancel_move, 12),
            (self._swap, 40),
            (self._pend, 8),
            (self._leave_or_return, 8),
            (self._discharge, 40),
            (self._cancel_discharge, 4),
            (self._cancel_admit, 4),
            (self._merge_visits, 12),
            (self._give_visit, 6),
            (self._result, 12),
            (self._result_again, 6),
        )
