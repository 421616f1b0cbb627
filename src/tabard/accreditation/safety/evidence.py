"""What a control may point at: files of the package, tests that passed on this configuration, evidence kept elsewhere.

`safety/tested.json` is a record of a test run: its configuration, and each test's name and how it came out. Whoever signs
the safety case answers for it, as for all evidence; a machine sees that it is of this configuration and that nothing failed.
"""

from dataclasses import dataclass
from functools import lru_cache

import msgspec

from tabard.accreditation.safety.model import CASE, Proof
from tabard.accreditation.safety.papers import case_of, holds
from tabard.accreditation.safety.sealing import configuration
from tabard.product import Package

TESTED = "safety/tested.json"
"""The record of the tests that were run on this configuration, in the package."""

Fault = tuple[str, str, str]
"""What was expected, what stands there, what to do."""

_DIGEST = "sha256:"
_AGAIN = "run the tests on this very configuration, record them by `tabard product hazards tested`, have the officer approve anew"


class Ran(msgspec.Struct, frozen=True, kw_only=True):
    """One test: its name, and how it came out."""

    name: str
    result: str


class Tested(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A run of tests on one configuration."""

    configuration_sha256: str
    made: str
    tests: list[Ran]


@dataclass(frozen=True, slots=True)
class Shelf:
    """All evidence that a package's controls can point at."""

    package: Package
    configuration: str
    tests: dict[str, str] | None
    tested_of: str
    proofs: dict[str, Proof]

    @property
    def papers(self) -> tuple[str, ...]:
        """The files that say how tests and evidence came out."""
        return (TESTED, CASE)

    def fault_of(self, ref: str) -> Fault | None:
        """What is wrong with what a control points at; None where it is there and came out well."""
        if ref.startswith(_DIGEST):
            return self._fault_of_proof(ref.removeprefix(_DIGEST))
        name, mark, test = ref.partition("#")
        if not holds(self.package, name):
            return "a file or folder of the package", name, "name it as it is called in the package"
        if mark and name == TESTED:
            return self._fault_of_test(test)
        return None

    def _fault_of_test(self, test: str) -> Fault | None:
        if self.tests is None:
            return f"a record of tests in {TESTED}", "it cannot be read", _AGAIN
        if self.tested_of != self.configuration:
            return f"tests of the configuration {self.configuration[:16]}…", f"{self.tested_of[:16]}…", _AGAIN
        result = self.tests.get(test, "no such test")
        return None if result == "passed" else (f"{test} passed", result, _AGAIN)

    def _fault_of_proof(self, digest: str) -> Fault | None:
        proof = self.proofs.get(digest)
        if proof is None:
            return (
                f"evidence that {CASE} lists under [[evidence]]",
                f"{digest[:16]}…",
                "list it with title, result and configuration",
            )
        if proof.configuration_sha256 != self.configuration:
            return (
                f"evidence of the configuration {self.configuration[:16]}…",
                f"{proof.configuration_sha256[:16]}…",
                _AGAIN,
            )
        return None if proof.result == "passed" else (f"{proof.title}: passed", proof.result, _AGAIN)


def shelf_of(package: Package) -> Shelf:
    """What the package's controls can point at."""
    case, tested = case_of(package), _tested(package.files.get(TESTED, b""))
    proofs = {one.sha256: one for one in case.proofs} if case else {}
    tests = {one.name: one.result for one in tested.tests} if tested else None
    return Shelf(
        package,
        configuration(package.manifest, package.files),
        tests,
        tested.configuration_sha256 if tested else "",
        proofs,
    )


@lru_cache(maxsize=8)
def _tested(raw: bytes) -> Tested | None:
    try:
        return msgspec.json.decode(raw, type=Tested)
    except (msgspec.DecodeError, RecursionError):
        return None
