"""Advice for the page: the cards of products, the most urgent first, each with whose it is and how urgent in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from markdown_it import MarkdownIt
from markupsafe import Markup

from tabard.gateway.cds import Advice, Card, Hook, Said, Service
from tabard.web.design.times import When, when

_MARKDOWN = MarkdownIt("zero").enable(["list", "emphasis", "escape"])
_LISTS_ALONE = MarkdownIt("zero").enable(["list", "escape"])
_MOST_MARKS = 500
"""Stars and underscores that are read as emphasis: pairing them takes time with their square, and the page waits."""

_URGENCY = {"critical": "Critical", "warning": "Warning", "info": "For information"}
_RANK = tuple(_URGENCY)
_MOMENTS = {Hook.encounter_start: "at the admission", Hook.encounter_discharge: "at the discharge"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One card: `product` and `title` say whose it is, `moment` when it was said where that is not now.

    `apps` are (words, product) of links to apps that are installed here and are opened for a patient.
    """

    card: Card
    service: str
    product: str
    title: str
    urgency: str
    moment: str = ""
    at: When | None = None
    apps: tuple[tuple[str, str], ...] = ()

    @property
    def detail(self) -> Markup:
        """The detail as HTML: of a product's Markdown lists and emphasis alone; all else is text, markup and links too."""
        text = self.card.detail
        laid_out = _MARKDOWN if text.count("*") + text.count("_") <= _MOST_MARKS else _LISTS_ALONE
        return Markup(laid_out.render(text))  # noqa: S704  made by a renderer that lets no HTML through


def shown(
    told: Sequence[Advice],
    kept: Sequence[Said],
    services: Sequence[Service],
    apps: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Shown, ...]:
    """All cards, of now and of the last admission or discharge, the most urgent first.

    `apps` tells by its launch address which product may be opened for the patient; a link to another app is left out, and so
    is one that wants a context of its own to be handed on (`appContext`).
    """
    known = {one.name: one for one in services}
    now = [_shown(card, one.service, apps) for one in told for card in one.cards]
    before = [
        _shown(card, known[said.service], apps, _MOMENTS.get(Hook(said.hook), ""), when(said.at))
        for said in kept
        if said.service in known
        for card in said.cards
    ]
    return tuple(sorted((*now, *before), key=lambda one: _RANK.index(one.card.indicator)))


def _shown(card: Card, service: Service, apps: Mapping[str, str], moment: str = "", at: When | None = None) -> Shown:
    smart = [link for link in card.links if link.type == "smart" and not link.app_context and link.url in apps]
    opened = tuple((link.label, apps[link.url]) for link in smart)
    return Shown(card, service.name, service.product, service.title, _URGENCY[card.indicator], moment, at, opened)
