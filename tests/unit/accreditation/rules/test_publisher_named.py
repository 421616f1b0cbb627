"""publisher-named: the manufacturer is named by an ODS code."""

from dataclasses import replace

from tabard.accreditation import CouldNot, Subject, Verdict
from tabard.accreditation.rules import publisher_named
from unit.accreditation.tiny import failing, tiny


def test_a_publisher_with_an_ods_code_passes() -> None:
    """The tiny product's publisher is RZZ."""
    assert "publisher-named" not in failing(tiny())


def test_a_publisher_without_one_fails() -> None:
    """A package whose reader had let another name through is stopped here."""
    package = tiny()
    unnamed = replace(package, manifest=replace(package.manifest, publisher="Somebody"))
    (found,) = publisher_named.check(Subject(unnamed, CouldNot("", "")))
    assert (found.verdict, found.got) == (Verdict.failed, "Somebody")
