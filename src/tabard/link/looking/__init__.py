"""Looking: one journaled message laid open for a person, with its tree, its FHIR and the reasons; each look is audited."""

from tabard.link.looking.inspection import Inspected, Inspection, Looker
from tabard.link.looking.tree import Node, tree

__all__ = ["Inspected", "Inspection", "Looker", "Node", "tree"]
