"""A search is answered from one state of the record, though messages are filed meanwhile."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from engines import record_in
from tabard.database import Place
from tabard.fhir.asking import Added, MayReach
from tabard.gateway import WardContext
from tabard.record import Page, RecordReader
from unit.gateway.world import a_world, encounter, ids

pytestmark = pytest.mark.on_both_engines
INCLUDING = "Encounter?status=in-progress&_include=Encounter:patient"


class RestlessRecord(RecordReader):
    """A record that a message reaches right after each of the first searches."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.filing: list[Callable[[], None]] = []

    def search(
        self,
        resource_type: str,
        parameters: Sequence[tuple[str, str]],
        *,
        count: int | None = None,
        cursor: str | None = None,
        within: Sequence[Added] = (),
        may_reach: MayReach | None = None,
    ) -> Page:
        """The page, and then the next message is filed."""
        page = super().search(resource_type, parameters, count=count, cursor=cursor, within=within, may_reach=may_reach)
        if self.filing and any(name == "_include" for name, _ in parameters):
            self.filing.pop()()
        return page


def test_a_visit_never_comes_without_its_patient(tmp_path: Path) -> None:
    """A discharge filed between finding a visit and checking its patient takes both away or neither."""
    record = RestlessRecord(record_in(tmp_path))
    with a_world(tmp_path, record) as world:
        token = world.access(WardContext("w1"))
        before = world.get(INCLUDING, token)
        assert (ids(before), ids(before, "include")) == ({"Encounter/e-ann"}, {"Patient/ann"})
        record.filing = [lambda: world.put(encounter("e-ann", "ann", ("w1", "completed"), status="finished"))]
        after = world.get(INCLUDING, token)
        assert (ids(after), ids(after, "include")) == (set(), set())
        record.close()


def test_a_record_that_never_stands_still_is_answered(tmp_path: Path) -> None:
    """While a feed catches up, a search is looked at a few times and then answered."""
    record = RestlessRecord(record_in(tmp_path))
    with a_world(tmp_path, record) as world:
        token = world.access(WardContext("w1"))
        stays = [("w2", "active"), ("w2", "completed")]
        record.filing = [lambda stay=stay: world.put(encounter("e-ben", "ben", stay)) for stay in stays * 10]  # type: ignore[misc]  # the stay is bound
        assert ids(world.get(INCLUDING, token)) == {"Encounter/e-ann"}
        assert len(record.filing) == 17
        record.close()
