"""What probes answer: what was seen, or why nothing could be."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tabard.accreditation.advisories.model import AdvisorySet
from tabard.accreditation.probing.checked import Checked
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
class Walked:
    """A walk over a page by the Tab key alone. All are selectors, in the page's order.

    `reached` are the controls that had the focus, `unreached` those that are seen and never had it, `unseen` those that
    look the same with it, `jumps` those that ask for a place in the order; `trap` is the one that held it ("" for none).
    """

    reached: tuple[str, ...] = ()
    unreached: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    jumps: tuple[str, ...] = ()
    trap: str = ""


@dataclass(frozen=True, slots=True)
class PageSeen:
    """One page at one width, in CSS pixels; `walked` is None where nobody walked over it.

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
    walked: Walked | None = None


@dataclass(frozen=True, slots=True)
class PagesSeen:
    """Every page of a package, looked at with these tools (name and version, or digest)."""

    pages: tuple[PageSeen, ...]
    tools: tuple[tuple[str, str], ...]


class Probes(Protocol):
    """What gathers facts that only a running thing shows, or that are not in the package. It judges nothing."""

    def pages(self, package: Package) -> PagesSeen | CouldNot:
        """What the package's pages are like in a browser."""
        ...

    def trial(self, package: Package) -> Trial | CouldNot:
        """What the product did in a day at the pretend hospital."""
        ...

    def checked(self, package: Package) -> Checked | CouldNot:
        """What the static checkers say of the package's code."""
        ...

    def advisories(self) -> AdvisorySet | CouldNot:
        """What is known of vulnerable components."""
        ...


def no_browser(package: Package) -> CouldNot:  # noqa: ARG001  stands for a browser
    """No browser was asked for."""
    return CouldNot("no browser was asked for", "run it again with a browser, or have a person look at the pages")


def no_trial(package: Package) -> CouldNot:  # noqa: ARG001  stands for a trial
    """No trial was asked for."""
    return CouldNot(
        "no trial was asked for", "run it again with a trial, or have a person try the product at a pretend hospital"
    )


def no_checkers(package: Package) -> CouldNot:  # noqa: ARG001  stands for the checkers
    """No checkers were asked for."""
    return CouldNot("no static checkers were asked for", "run it again with them, or have a person read the code")


def no_advisories() -> CouldNot:
    """No set of advisories was given."""
    return CouldNot(
        "no set of advisories was given",
        "run it again with `--advisories FILE`, or with `--store` where its catalogue carries a set (the store's operator: "
        "`tabard store advisories import`); or have a person look the components up",
    )


@dataclass(frozen=True, slots=True)
class Gathering:
    """Probes put together: what sees pages, what lives a day with a product, what reads its code, what knows advisories.

    What is not named sees nothing, and every rule that needs it says `not_assessed`.
    """

    sees: Callable[[Package], PagesSeen | CouldNot] = no_browser
    tries: Callable[[Package], Trial | CouldNot] = no_trial
    checks: Callable[[Package], Checked | CouldNot] = no_checkers
    knows: Callable[[], AdvisorySet | CouldNot] = no_advisories

    def pages(self, package: Package) -> PagesSeen | CouldNot:
        """What the package's pages are like in a browser."""
        return self.sees(package)

    def trial(self, package: Package) -> Trial | CouldNot:
        """What the product did in a day at the pretend hospital."""
        return self.tries(package)

    def checked(self, package: Package) -> Checked | CouldNot:
        """What the static checkers say of the package's code."""
        return self.checks(package)

    def advisories(self) -> AdvisorySet | CouldNot:
        """What is known of vulnerable components."""
        return self.knows()


def absent(tries: Callable[[Package], Trial | CouldNot] = no_trial) -> Probes:
    """Probes that see nothing; `tries`, where it is given, lives through a day with the product."""
    return Gathering(tries=tries)
