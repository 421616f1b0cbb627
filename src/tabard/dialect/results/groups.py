"""Groups: the segments of a message of results or orders, each with the order that it stands below.

Source: HL7 v2.4, 7.3.1 "ORU", 4.4.1 "ORM"; HL7 v2.5.1, 7.3.1 (SPM).
"""

from collections.abc import Sequence
from typing import NamedTuple

from tabard.dialect.reading import Reading
from tabard.hl7v2 import Segment


class Result(NamedTuple):
    """One OBX, and the notes on it."""

    obx: Segment
    notes: list[Segment]


class Group:
    """An order: its ORC and OBR, at least one of them, the notes on it, its specimens, and its results with their notes."""

    __slots__ = ("notes", "obr", "orc", "results", "specimens", "timing")

    def __init__(self, orc: Segment | None, obr: Segment | None) -> None:
        self.orc = orc
        self.obr = obr
        self.timing: Segment | None = None
        self.notes: list[Segment] = []
        self.specimens: list[Segment] = []
        self.results: list[Result] = []


def groups_of(reading: Reading) -> Sequence[Group]:
    """The orders of the message in turn. An OBX or a note above all of them is flagged: it belongs to none."""
    groups: list[Group] = []
    for segment in reading.message.segments:
        name = segment.name
        if name == "OBX":
            if groups:
                groups[-1].results.append(Result(segment, []))
            else:
                reading.flag("not-mapped", "OBX", "results below an OBR")
        elif name == "ORC":
            groups.append(Group(segment, None))
        elif name == "OBR":
            if groups and groups[-1].obr is None:
                groups[-1].obr = segment
            else:
                groups.append(Group(None, segment))
        elif groups:
            _put(groups[-1], segment)
        elif name == "NTE":
            reading.flag("not-mapped", "NTE", "notes on an order or a result")
    return groups


def _put(group: Group, segment: Segment) -> None:
    if segment.name == "NTE":
        (group.results[-1].notes if group.results else group.notes).append(segment)
    elif segment.name == "SPM":
        group.specimens.append(segment)
    elif segment.name == "TQ1" and group.timing is None:
        group.timing = segment
