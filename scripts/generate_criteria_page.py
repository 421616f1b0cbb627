"""Makes the tables of docs/look-up/criteria.md and frameworks.md: each criterion, who answers it, and who judges it.

Run by a developer when a test says that a page is old:
    python scripts/generate_criteria_page.py
"""

import re
from collections.abc import Iterator
from pathlib import Path

from tabard.accreditation.frameworks import Bearer, Criterion, Framework, Level, all_frameworks
from tabard.accreditation.table import RULES

PAGES = tuple(Path(__file__).parents[1] / f"docs/look-up/{name}.md" for name in ("criteria", "frameworks"))
MARKED = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- /made -->)", re.DOTALL)


def judged_by(one: Criterion) -> str:
    """Who judges it: rules, people, or both; nobody where it is told to understand the rest alone."""
    if one.level is Level.context:
        return "nobody: context"
    has_rules = any(one.id in rule.criteria for rule in RULES)
    if has_rules and one.by_rule_alone:
        return "rules"
    return "rules and people" if has_rules else "people"


def summary() -> Iterator[str]:
    """How many criteria each framework has, of whom, and judged by whom."""
    yield "| framework | criteria | the maker's | the hospital's | the platform's | rules alone | rules and people | people alone |"
    yield "|---|---|---|---|---|---|---|---|"
    for each in all_frameworks():
        owners = [one.owner for one in each.criteria]
        judges = [judged_by(one) for one in each.criteria]
        counts = [owners.count(owner) for owner in Bearer]
        counts += [judges.count(judge) for judge in ("rules", "rules and people", "people")]
        yield f"| [{each.title} {each.version}](#{anchor(each)}) | {len(owners)} | {' | '.join(map(str, counts))} |"


def criteria() -> Iterator[str]:
    """Every criterion, a table a framework."""
    for each in all_frameworks():
        yield f"\n## {each.id}\n"
        yield "| criterion | level | what it asks | of | of class | rules | judged by |\n|---|---|---|---|---|---|---|"
        yield from map(_row, each.criteria)


def anchor(one: Framework) -> str:
    """Where its heading stands on the page."""
    return one.id.replace(".", "")


def _row(one: Criterion) -> str:
    rules = ", ".join(f"`{rule.id}`" for rule in RULES if one.id in rule.criteria)
    level = " ".join(part for part in (one.level, one.rank) if part)
    asks = f"{one.title}: {one.asks}".replace("|", "\\|")
    when = "".join(f"; {trait}" for trait in one.needs)
    return f"| `{one.id}` | {level} | {asks} | {one.owner} | {one.least_class}{when} | {rules} | {judged_by(one)} |"


def sources() -> Iterator[str]:
    """Of each framework where it comes from, under which licence, and what a reader must know of it."""
    for each in all_frameworks():
        yield f"\n### {each.id}\n\n{each.source}. From {each.effective}; {each.grace_days} days of grace.\n\n{each.licence}\n"
        yield from (f"- {told}" for told in each.told)


TABLES = {"summary": summary, "criteria": criteria, "sources": sources}


def made(page: str) -> str:
    """A page with its tables as they are now."""
    return MARKED.sub(lambda found: found[1] + "\n".join([*TABLES[found[2]](), found[3]]), page)


if __name__ == "__main__":
    for each_page in PAGES:
        each_page.write_text(made(each_page.read_text(encoding="utf-8")), encoding="utf-8")
