"""How far recalls have come, and which version runs where: site by site, by name, as sites themselves have signed."""

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.responses import Response

from tabard.catalogue import At, How, Recall, Site, Standing as SiteStanding
from tabard.store import Store
from tabard.web.design.times import When, when
from tabard.web.store.counter import Counter
from tabard.web.store.guard import Judging
from tabard.web.store.render import page
from tabard.web.store.words import ShownRecall, shown_recall

_SHOWN = 20
_NAMED = 12
_HOWS: dict[How, tuple[str, str, str]] = {
    How.silent: ("Silent", "red", "Nothing was heard since it was issued."),
    How.behind: ("Behind", "orange", "Heard of since, and does not know it yet."),
    How.reached: ("Reached", "yellow", "Knows it, and has not acted yet."),
    How.acted: ("Acted", "green", "Has done what it asks, or has nothing of it."),
}
"""How far a recall has come at a site, the worst first: in a word, a colour and a sentence."""

_STANDINGS = {
    SiteStanding.active: ("In use", "blue"),
    SiteStanding.stopped: ("Stopped", "grey"),
    SiteStanding.overridden: ("In use, by the site's own word", "orange"),
}


@dataclass(frozen=True, slots=True)
class ShownHow:
    """The sites at which it is so, by name, and since when each was heard."""

    word: str
    colour: str
    told: str
    sites: tuple[tuple[str, str, When | None], ...]
    is_folded: bool


@dataclass(frozen=True, slots=True)
class ShownReach:
    """A recall, and how far it has come. `state` says where it is a drill, or undone."""

    id: str
    product: str
    recall: ShownRecall
    state: str
    hows: tuple[ShownHow, ...]


@dataclass(frozen=True, slots=True)
class Running:
    """A version of a product, and the sites that have it: name, how it stands there, when that was heard."""

    product: str
    version: str
    sites: tuple[tuple[str, str, str, When | None], ...]


def show(counter: Counter, asked: Judging) -> Response:
    """Recalls, the newest first, then versions, then every site."""
    store, sites = counter.store, counter.store.sites.all()
    recalls = store.publishing.all_recalls()
    holds = {one.id for one in store.recalls()}
    versions = {one.package_sha256: one.version for site in sites for one in site.products}
    shown = [_shown(store, one, holds, versions) for one in reversed(recalls[-_SHOWN:])]
    return page(
        "reach.html",
        frame=asked.frame,
        recalls=shown,
        more=max(0, len(recalls) - _SHOWN),
        running=_running(sites),
        sites=[(one, when(one.heard) if one.heard else None) for one in sorted(sites, key=_by_silence)],
    )


def _shown(store: Store, recall: Recall, holds: set[str], versions: dict[str, str]) -> ShownReach:
    reach = store.sites.reach(recall, store.publishing.recall_version(recall.id))
    undone = "" if recall.id in holds else "Undone"
    return ShownReach(
        recall.id,
        recall.product,
        shown_recall(recall, versions),
        "Drill" if recall.is_drill else undone,
        tuple(_how(how, [one for one in reach.sites if one.how is how]) for how in _HOWS),
    )


def _how(how: How, sites: list[At]) -> ShownHow:
    word, colour, told = _HOWS[how]
    named = tuple((one.name, one.site, when(one.heard) if one.heard else None) for one in sites)
    return ShownHow(word, colour, told, named, is_folded=how is How.acted or len(named) > _NAMED)


def _running(sites: Iterable[Site]) -> tuple[Running, ...]:
    """By product and version, as the sites' own receipts have it."""
    found: dict[tuple[str, str], list[tuple[str, str, str, When | None]]] = {}
    for site in sites:
        heard = when(site.heard) if site.heard else None
        for one in site.products:
            word, colour = _STANDINGS[one.standing]
            found.setdefault((one.product, one.version), []).append((site.name, word, colour, heard))
    return tuple(Running(product, version, tuple(told)) for (product, version), told in sorted(found.items()))


def _by_silence(site: Site) -> tuple[bool, float, str]:
    """Who was never heard first, then the longest silent."""
    return site.heard is not None, site.heard.timestamp() if site.heard else 0.0, site.name
