"""Products in words: whether one can be opened and why not, who accredited it until when, what it may touch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tabard.catalogue import CatalogueState, Recall
from tabard.hospital import Evidence, Install, Why, listed
from tabard.product import Touch, touches
from tabard.web.design.times import UK, When, when

_WHERE = {
    "ward": "Opened from a ward",
    "patient": "Opened from a patient",
    "encounter": "Opened from a visit, on a patient's page",
    "none": "Opened from here",
}
_HEADINGS = {
    Why.recalled: "Recalled",
    Why.suspended: "Suspended",
    Why.files_changed: "Files have changed",
    Why.not_accredited: "Not accredited",
}
_NO_REMEDY = "Use the patient record system itself, and ask whoever runs Tabard here."


@dataclass(frozen=True, slots=True)
class Stopped:
    """A product that cannot be opened: `heading` in a word or two, why, and what to do instead."""

    id: str
    title: str
    version: str
    heading: str
    words: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a reader must know before relying on a product that goes on."""

    heading: str
    words: str


@dataclass(frozen=True, slots=True)
class ProductLine:
    """A product as the list and its own page show it."""

    install: Install
    where: str
    installed: When
    tag: str
    colour: str
    accredited: str
    stopped: Stopped | None
    notices: tuple[Notice, ...]
    touches: tuple[Touch, ...]


@dataclass(frozen=True, slots=True)
class CatalogueLine:
    """How fresh the centre's catalogue is; `warning` is "" while it is."""

    sentence: str
    warning: str


def where(context: str) -> str:
    """Where a product of this context is opened from."""
    return _WHERE.get(context, "")


def stopped(install: Install) -> Stopped | None:
    """Why the product cannot be opened; None when it can."""
    if install.stop is None or install.is_active:
        return None
    stop = install.stop
    remedy = stop.remedy or _NO_REMEDY
    return Stopped(install.id, install.title, install.version, _HEADINGS[stop.why], stop.words, remedy)


def product_line(
    install: Install, evidence: Evidence | None, recalls: Sequence[Recall], now: datetime, *, is_changed: bool
) -> ProductLine:
    """A product in words; `recalls` are those about it, `is_changed` of a folder on trial that was edited since."""
    tag, colour = _tag(install)
    return ProductLine(
        install=install,
        where=where(install.context),
        installed=when(install.installed),
        tag=tag,
        colour=colour,
        accredited="Nobody has accredited it: it is here on trial." if evidence is None else accredited(evidence),
        stopped=stopped(install),
        notices=tuple(_notices(install, evidence, recalls, now, is_changed=is_changed)),
        touches=() if install.manifest is None else touches(install.manifest),
    )


def accredited(evidence: Evidence) -> str:
    """By whom, when, until when."""
    told = evidence.told
    return f"Accredited by {listed(map(str, told.signers))} on {_day(told.decided)} until {_day(told.until)}."


def catalogue_line(state: CatalogueState | None, now: datetime) -> CatalogueLine:
    """How fresh the catalogue is. Products that are here go on, however old it is."""
    if state is None:
        return CatalogueLine("This hospital trusts no centre's catalogue yet.", "")
    if state.refreshed_at is None:
        told = "The centre's catalogue has not been had yet"
        return CatalogueLine(f"{told}.", f"{told}: nothing can be installed, and a recall would not be known here.")
    since, days = when(state.as_of or state.refreshed_at).text, state.days_old(now)
    old = f", {days} day{'' if days == 1 else 's'} old" if days else ""
    if state.expires is None or state.expires <= now:
        return CatalogueLine(
            f"The centre's catalogue is that of {since}{old}.",
            f"The centre's catalogue is that of {since}{old} and is out of date: a recall since then would not be known "
            "here, and nothing new can be installed. Products that are here go on.",
        )
    return CatalogueLine(f"Recalls are known as of {since}{old}.", "")


def _tag(install: Install) -> tuple[str, str]:
    if not install.is_active:
        return "Stopped", "red"
    return ("On trial, not accredited", "orange") if install.is_trial else ("Can be opened", "green")


def _notices(
    install: Install, evidence: Evidence | None, recalls: Sequence[Recall], now: datetime, *, is_changed: bool
) -> list[Notice]:
    found = []
    if is_changed:
        words = "The files of this product are not those that were installed. Ask whoever runs Tabard here before you rely on it."
        found.append(Notice("Files have changed", words))
    if evidence is not None and evidence.told.until <= now:
        words = f"Its accreditation ended on {_day(evidence.told.until)}. It goes on, but is not installed anew: ask for a newer version."
        found.append(Notice("Accreditation out of date", words))
    for recall in recalls if install.is_active else ():
        words = f"{recall.reason} {recall.remedy}".strip()
        found.append(Notice("Safety notice from the centre", words))
    return found


def _day(moment: datetime) -> str:
    return moment.astimezone(UK).strftime("%d-%b-%Y")
