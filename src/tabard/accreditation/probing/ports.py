"""What a probe of pages answers: what was seen, or why nothing could be."""

from dataclasses import dataclass
from typing import Protocol

from tabard.accreditation.probing.recording import Trial
from tabard.product import Package

WIDTHS = (1280, 400)
"""How wide a page is looked at, in CSS pixels: a desk's screen, and a narrow one as WCAG 2.2, 1.4.10 (reflow) has it."""


@dataclass(frozen=True, slots=True)
class CouldNot:
    """The probe could not run; `reason` and `remedy` are for the person who reads the report."""

    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule of axe-core that a page breaks, or that needs a person; `targets` are the first elements' selectors."""

    rule: str
    help: str
    targets: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class PageSeen:
    """One page at one width, in CSS pixels.

    `refused` are addresses off the product's own origin that the page reached for, `blocked` what its
    Content-Security-Policy kept out. Where `fault` says something, the page was not judged, and why.
    """

    path: str
    width: int
    violations: tuple[Hit, ...] = ()
    incomplete: tuple[Hit, ...] = ()
    refused: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class PagesSeen:
    """Every page of a package, looked at with these tools (name and version, or digest)."""

    pages: tuple[PageSeen, ...]
    tools: tuple[tuple[str, str], ...]


class Probes(Protocol):
    """What gathers facts that only a running thing shows. It judges nothing."""

    def pages(self, package: Package) -> PagesSeen | CouldNot:
        """What the package's pages are like in a browser."""
        ...

    def trial(self, package: Package) -> Trial | CouldNot:
        """What the product did in a day at the pretend hospital."""
        ...


class Absent:
    """No probe: every rule that needs one says `not_assessed`."""

    def pages(self, package: Package) -> CouldNot:  # noqa: ARG002  the port's signature
        """Nothing was seen."""
        return CouldNot("no browser was asked for", "run it again with a browser, or have a person look at the pages")

    def trial(self, package: Package) -> CouldNot:
        """It was not lived with."""
        return no_trial(package)


def no_trial(package: Package) -> CouldNot:  # noqa: ARG001  stands for a trial
    """No trial was asked for."""
    return CouldNot(
        "no trial was asked for", "run it again with a trial, or have a person try the product at a pretend hospital"
    )


def absent() -> Probes:
    """Probes that see nothing."""
    return Absent()
