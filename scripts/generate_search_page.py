"""Makes the tables of docs/look-up/search.md: modifiers and limits as the code has them, and each type's parameters.

Run by a developer when a test says that the page is old:
    python scripts/generate_search_page.py
"""

import re
from collections.abc import Iterator
from pathlib import Path

from tabard.fhir import limits
from tabard.fhir.modifiers import BY_KIND
from tabard.fhir.search_parameters import parameters_of, refused_of, searchable_types
from tabard.record import MAX_COUNT
from tabard.record.including import MAX_INCLUDED, MAX_ROUNDS
from tabard.record.search import MAX_MOVED

PAGE = Path(__file__).parents[1] / "docs/look-up/search.md"
MARKED = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- /made -->)", re.DOTALL)


def modifiers() -> Iterator[str]:
    """The modifiers of each kind."""
    yield "| kind | modifiers |\n|---|---|"
    for kind, names in BY_KIND.items():
        types = ", `:Type`" if kind == "reference" else ""
        yield f"| {kind} | {', '.join(f'`:{name}`' for name in names)}{types} |"


def bounds() -> Iterator[str]:
    """The limits of one search."""
    yield "| of one search | at most |\n|---|---|"
    for name, most in (
        ("resources to a page", MAX_COUNT),
        ("parameters, those of the policy included", limits.MAX_PARAMETERS),
        ("values of one parameter", limits.MAX_VALUES),
        ("values compared one by one: texts, dates, numbers, composites", limits.MAX_TESTS),
        ("values in all", limits.MAX_BOUND),
        ("links in one chain or `_has`", limits.MAX_DEPTH),
        ("steps to other resources in all", limits.MAX_HOPS),
        ("types that one link may lead to, where none is named", limits.MAX_CHAINED_TYPES),
        ("`_include` and `_revinclude`", limits.MAX_INCLUDES),
        ("resources that come along with a page", MAX_INCLUDED),
        ("steps of `:iterate` from the matches", MAX_ROUNDS),
        ("parts of `_sort`", limits.MAX_SORTS),
        ("matches written between the pages of a sorted search", MAX_MOVED),
    ):
        yield f"| {name} | {most:,} |"


def parameters() -> Iterator[str]:
    """Each type with its parameters by kind."""
    yield "| type | parameters |\n|---|---|"
    for kind in searchable_types():
        by_kind: dict[str, list[str]] = {}
        for name, each in sorted(parameters_of(kind).items()):
            by_kind.setdefault(each.kind, []).append(name)
        told = [f"*{name}* {', '.join(names)}" for name, names in sorted(by_kind.items())]
        told += [f"*refused* {', '.join(refused_of(kind))}"] if refused_of(kind) else []
        yield f"| {kind} | {'; '.join(told) or 'none of its own'} |"


TABLES = {"modifiers": modifiers, "bounds": bounds, "parameters": parameters}


def made(page: str) -> str:
    """The page with its tables as they are now."""
    return MARKED.sub(lambda found: found[1] + "\n".join([*TABLES[found[2]](), found[3]]), page)


if __name__ == "__main__":
    PAGE.write_text(made(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
