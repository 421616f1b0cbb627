"""Holds the frameworks that have a public source against it: numbers and ranks are the source's, the words stay ours.

Run by a developer when a new edition is out:
    python scripts/generate_frameworks.py --asvs <..._en.flat.json> --wcag <checkout of w3c/wcag>
Numbers that are new come out without words, and numbers that are gone are told: a person then writes or takes away.
"""

import argparse
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "src/tabard/accreditation/frameworks/data"
_SUCCESS = re.compile(r'data-include="(sc/[^"]+)"|<section [^>]*class="(principle|guideline)"')
_LEVEL = re.compile(r'class="conformance-level">\s*(A{1,3})\s*<')
_NAME = re.compile(r"<h4>\s*(.*?)\s*</h4>", re.DOTALL)
_NO_LONGER = "4.1.1"
"""Parsing: WCAG 2.2 keeps its number and takes away the criterion."""

Facts = dict[str, dict[str, Any]]
"""By number: what the source says of a criterion and we take over."""


def of_asvs(raw: str) -> Facts:
    """The requirements of levels 1 and 2. Level 1 is asked of every product, level 2 of those of class 2 and above."""
    asked = [one for one in json.loads(raw)["requirements"] if one["L"] in ("1", "2")]
    return {one["req_id"].removeprefix("V"): {"rank": f"L{one['L']}", **_above(one["L"])} for one in asked}


def of_wcag(checkout: Path) -> Facts:
    """The success criteria of levels A and AA, with their names."""
    found: Facts = {}
    for number, file in _numbered((checkout / "guidelines/index.html").read_text(encoding="utf-8")):
        text = (checkout / "guidelines" / file).read_text(encoding="utf-8")
        level, name = _LEVEL.search(text), _NAME.search(text)
        if number != _NO_LONGER and level and name and level[1] in ("A", "AA"):
            found[number] = {"rank": level[1], "title": name[1]}
    return found


def renewed(text: str, facts: Facts) -> tuple[str, list[str]]:
    """A framework's file with the facts of its source, and what a person must see to, in sentences."""
    told = tomllib.loads(text)
    ours = {one["n"]: one for section in told["section"] for one in section["criterion"]}
    sentences = [f"{number} is no longer in the source" for number in ours if number not in facts]
    sentences += [f"{number} is new: it has no words yet" for number in facts if number not in ours]
    for number, one in ours.items():
        one.update(facts.get(number, {}))
    return "".join(_lines(text, told)), sentences


def _above(level: str) -> dict[str, int]:
    return {"least_class": 2} if level == "2" else {}


def _numbered(index: str) -> Iterator[tuple[str, str]]:
    """Each included success criterion with the number that its place gives it."""
    principle = guideline = success = 0
    for found in _SUCCESS.finditer(index):
        if found[2] == "principle":
            principle, guideline = principle + 1, 0
        elif found[2] == "guideline":
            guideline, success = guideline + 1, 0
        elif guideline:
            success += 1
            yield f"{principle}.{guideline}.{success}", found[1]


def _lines(text: str, told: dict[str, Any]) -> Iterator[str]:
    """The head of the file as it stands, and the sections in one layout."""
    yield text[: text.index("[[section]]")]
    for at, section in enumerate(told["section"]):
        yield "[[section]]\n" if at == 0 else "\n[[section]]\n"
        yield from (f"{key} = {_value(value)}\n" for key, value in section.items() if key != "criterion")
        yield "criterion = [\n"
        for one in section["criterion"]:
            yield f"    {{ {', '.join(f'{key} = {_value(value)}' for key, value in one.items())} }},\n"
        yield "]\n"


def _value(value: Any) -> str:
    """A TOML value: texts and lists of texts are written as JSON's, which TOML reads alike."""
    return json.dumps(value, ensure_ascii=False)


def main() -> int:
    """Rewrites the files whose source is named; 1 where a person must see to something."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--asvs", type=Path, help="the flat JSON of OWASP/ASVS, 5.0/docs_en")
    asked.add_argument("--wcag", type=Path, help="a checkout of w3c/wcag")
    given = asked.parse_args()
    sentences: list[str] = []
    for name, facts in (
        ("asvs-5.0.toml", given.asvs and of_asvs(given.asvs.read_text(encoding="utf-8"))),
        ("wcag-2.2.toml", given.wcag and of_wcag(given.wcag)),
    ):
        if facts:
            text, told = renewed((DATA / name).read_text(encoding="utf-8"), facts)
            (DATA / name).write_text(text, encoding="utf-8")
            sentences += [f"{name}: {one}" for one in told]
    sys.stdout.write("".join(f"{one}\n" for one in sentences))
    return 1 if sentences else 0


if __name__ == "__main__":
    sys.exit(main())
