"""Frameworks as data, the class of a product, and which criteria are asked of it."""

from tabard.accreditation.frameworks.choosing import criteria_for, judges_of, set_aside, why_not
from tabard.accreditation.frameworks.classes import Classed, ProductClass, dialect_class, product_class, traits_of
from tabard.accreditation.frameworks.differing import Affected, Change, Difference, Judged, affected, differences
from tabard.accreditation.frameworks.errors import BadFramework, NoSuchCriterion, OtherFamily
from tabard.accreditation.frameworks.model import (
    Bearer,
    Criterion,
    Framework,
    Kind,
    Level,
    Question,
    Trait,
    plain_criterion,
)
from tabard.accreditation.frameworks.reading import read_framework
from tabard.accreditation.frameworks.shelf import all_frameworks, criterion, framework, frameworks
from tabard.accreditation.frameworks.walking import Walk, answers_of, contradictions, walk

__all__ = [
    "Affected",
    "BadFramework",
    "Bearer",
    "Change",
    "Classed",
    "Criterion",
    "Difference",
    "Framework",
    "Judged",
    "Kind",
    "Level",
    "NoSuchCriterion",
    "OtherFamily",
    "ProductClass",
    "Question",
    "Trait",
    "Walk",
    "affected",
    "all_frameworks",
    "answers_of",
    "contradictions",
    "criteria_for",
    "criterion",
    "dialect_class",
    "differences",
    "framework",
    "frameworks",
    "judges_of",
    "plain_criterion",
    "product_class",
    "read_framework",
    "set_aside",
    "traits_of",
    "walk",
    "why_not",
]
