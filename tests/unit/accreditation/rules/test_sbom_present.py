"""sbom-present: a valid bill of materials, of this product, that names every component and file and nothing else."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tabard.product import SBOM_NAME
from unit.accreditation.tiny import failing, tiny, with_files

Bill = dict[str, Any]


def spoilt(change: Callable[[Bill], object]) -> dict[str, list[str]]:
    bill: Bill = json.loads(tiny().files[SBOM_NAME])
    change(bill)
    return failing(tiny({SBOM_NAME: json.dumps(bill)}))


def test_the_bill_that_the_build_makes_passes() -> None:
    """The build's own bill is found whole."""
    assert "sbom-present" not in failing(tiny())


@pytest.mark.parametrize(
    "change",
    [
        lambda bill: bill.update(unknown=1),
        lambda bill: bill["metadata"]["component"].update(version="1.0.1"),
        lambda bill: bill["metadata"]["component"].update(name="other"),
        lambda bill: bill["components"].pop(0),
        lambda bill: bill["components"].pop(),
        lambda bill: bill["components"][0]["components"].clear(),
        lambda bill: bill["components"][0].update(version="2.0.1"),
        lambda bill: bill["components"][0]["licenses"][0].update(expression="MIT"),
        lambda bill: bill["components"][-1]["hashes"][0].update(content="0" * 64),
        lambda bill: bill["components"].append({"type": "library", "name": "more", "version": "1"}),
        lambda bill: bill["components"].append({"type": "file", "name": "more.js"}),
    ],
)
def test_any_other_bill_fails_this_rule_alone(change: Callable[[Bill], object]) -> None:
    """Not of the schema, of another product, something missing, something extra, another version, licence or hash."""
    assert spoilt(change).keys() == {"sbom-present"}


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"[]", b"null", b"[" * 100_000])
def test_a_bill_that_is_no_json_object_fails(raw: bytes) -> None:
    """Whatever the bytes are, it is the product's fault and not an error of ours."""
    assert failing(tiny({SBOM_NAME: raw}))["sbom-present"] == [f"fail {SBOM_NAME}"]


def test_a_package_without_a_bill_fails() -> None:
    """A package that was not made by the build."""
    assert failing(tiny({SBOM_NAME: None})).keys() == {"sbom-present"}


def test_a_file_that_the_bill_does_not_know_fails() -> None:
    """Whatever came into the package after the bill was made."""
    assert "sbom-present" in failing(with_files(tiny(), {"late.js": b"export {};"}))
