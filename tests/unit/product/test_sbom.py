"""The bill of materials is CycloneDX 1.6, names every file with its hash, and is one text."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tabard.product import SBOM_NAME, build, purl_of, read_manifest, sbom_of
from unit.product import made

PRODUCTS = Path(__file__).parents[3] / "products"


def test_a_strict_validator_takes_it() -> None:
    """cyclonedx-python-lib's strict check of the 1.6 schema finds nothing; and would find something."""
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    told = sbom_of(made.manifest(), made.FILES).decode()
    assert validator.validate_str(told) is None
    assert validator.validate_str(told.replace('"SHA-256"', '"SHA-257"')) is not None


@pytest.mark.parametrize("product", ["ward-board", "observations"])
def test_the_products_of_the_house_have_one(product: str) -> None:
    """Theirs is valid, and names the SMART client with its licence."""
    told = build(PRODUCTS / product).files[SBOM_NAME].decode()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(told) is None
    (client,) = [one for one in json.loads(told)["components"] if one["type"] == "library"]
    assert (client["purl"], client["licenses"]) == ("pkg:npm/fhirclient@2.6.3", [{"expression": "Apache-2.0"}])
    assert purl_of(read_manifest(PRODUCTS / product)).startswith("pkg:generic/RZZ/")


def test_every_file_stands_in_it_once_with_its_hash() -> None:
    """Files of a component below it, all others below the product; the bill itself is not among them."""
    told = json.loads(sbom_of(made.manifest(), {**made.FILES, SBOM_NAME: b"{}"}))
    listed = [file for one in told["components"] for file in ([one] if one["type"] == "file" else one["components"])]
    assert {file["name"]: file["hashes"][0]["content"] for file in listed} == {
        name: sha256(content).hexdigest() for name, content in made.FILES.items()
    }
    assert len(listed) == len(made.FILES)
    theirs = next(one for one in told["components"] if one["type"] == "library")
    assert [file["name"] for file in theirs["components"]] == ["vendor/fhir-client.js"]


def test_it_is_one_text() -> None:
    """Neither the order of the files nor the time is in it."""
    turned = dict(reversed(made.FILES.items()))
    told = sbom_of(made.manifest(), made.FILES)
    assert sbom_of(made.manifest(), turned) == told
    assert not {"timestamp", "serialNumber"} & {*json.loads(told), *json.loads(told)["metadata"]}
