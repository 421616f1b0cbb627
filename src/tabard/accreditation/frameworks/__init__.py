"""Frameworks as data, the class of a product, and which criteria are asked of it."""

from tabard.accreditation.frameworks.choosing import criteria_for, set_aside, why_not
from tabard.accreditation.frameworks.classes import Classed, ProductClass, dialect_class, product_class, traits_of
from tabard.accreditation.frameworks.errors import BadFramework, NoSuchCriterion
from tabard.accreditation.frameworks.model import Bearer, Criterion, Framework, Kind, Level, Question, Trait
from tabard.accreditation.frameworks.reading import read_framework
from tabard.accreditation.frameworks.shelf import all_frameworks, criterion, framework, frameworks

__all__ = [
    "BadFramework",
    "Bearer",
    "Classed",
    "Criterion",
    "Framework",
    "Kind",
    "Level",
    "NoSuchCriterion",
    "ProductClass",
    "Question",
    "Trait",
    "all_frameworks",
    "criteria_for",
    "criterion",
    "dialect_class",
    "framework",
    "frameworks",
    "product_class",
    "read_framework",
    "set_aside",
    "traits_of",
    "why_not",
]
