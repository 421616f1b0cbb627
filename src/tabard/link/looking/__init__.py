"""Looking: what people see of messages and dialects in full, and how they change the latter; each look at a patient is audited."""

from tabard.link.looking.changing import Changing
from tabard.link.looking.dialects import About, Dialects, Run
from tabard.link.looking.doubts import Doubts
from tabard.link.looking.inspection import Inspected, Inspection
from tabard.link.looking.looks import Looker
from tabard.link.looking.reports import look_into
from tabard.link.looking.tree import Node, tree

__all__ = [
    "About",
    "Changing",
    "Dialects",
    "Doubts",
    "Inspected",
    "Inspection",
    "Looker",
    "Node",
    "Run",
    "look_into",
    "tree",
]
