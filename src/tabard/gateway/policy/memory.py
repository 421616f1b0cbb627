"""The reach of wards, kept as long as the record has not changed: a board asks often, a ward changes seldom."""

from collections import OrderedDict
from collections.abc import Collection
from threading import Lock

from tabard.gateway.model import Rights, WardContext
from tabard.gateway.policy.reach import Reach, reach_of
from tabard.gateway.ports import Record

_WARDS = 256


class ReachMemory:
    """Answers what is within reach, looking around anew whenever anything was written. Safe from any thread."""

    def __init__(self, record: Record, elsewhere: Collection[str] = ()) -> None:
        self._record = record
        self._elsewhere = elsewhere
        self._known: OrderedDict[str, tuple[int, Reach]] = OrderedDict()
        self._lock = Lock()

    def of(self, rights: Rights) -> Reach:
        """The reach of the rights' context. Only a ward's is remembered: it is the same for everybody."""
        match rights.context:
            case WardContext(ward) if ward:
                return self._of_ward(ward, rights)
            case _:
                return reach_of(rights, self._record, self._elsewhere)

    def _of_ward(self, ward: str, rights: Rights) -> Reach:
        last = (
            self._record.last_change()
        )  # before looking around: what is written meanwhile makes the answer old, never the mark
        with self._lock:
            change, reach = self._known.get(ward, (-1, Reach()))
        if change == last:
            return reach
        reach = reach_of(rights, self._record, self._elsewhere)
        with self._lock:
            self._known[ward] = (last, reach)
            while len(self._known) > _WARDS:
                self._known.popitem(last=False)
        return reach
