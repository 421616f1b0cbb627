"""Advice for the page: the cards of products, the most urgent first, each with whose it is and how urgent in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markupsafe import Markup

from tabard.gateway.cds import Advice, Card, Hook, Said, Service
from tabard.web.design.times import When, when

_MARKDOWN = MarkdownIt("zero").enable(["list", "emphasis", "escape"])
_URGENCY = {"critical": "Critical", "warning": "Warning", "info": "For information"}
_RANK = tuple(_URGENCY)
_MOMENTS = {Hook.encounter_start: "at the admission", Hook.encounter_discharge: "at the discharge"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One card: `product` and `title` say whose it is, `moment` when it was said where that is not now."""

    card: Card
    service: str
    product: str
    title: str
    urgency: str
    moment: str = ""
    at: When | None = None

    @property
    def detail(self) -> Markup:
        """The detail as HTML: of a product's Markdown lists and emphasis alone; all else is text, markup and links too."""
        return Markup(_MARKDOWN.render(self.card.detail))  # noqa: S704  made by a renderer that lets no HTML through


def shown(told: Sequence[Advice], kept: Sequence[Said], services: Sequence[Service]) -> tuple[Shown, ...]:
    """All cards, of now and of the last admission or discharge, the most urgent first."""
    known = {one.name: one for one in services}
    now = [_shown(card, one.service) for one in told for card in one.cards]
    before = [
        _shown(card, known[said.service], _MOMENTS.get(Hook(said.hook), ""), when(said.at))
        for said in kept
        if said.service in known
        for card in said.cards
    ]
    return tuple(sorted((*now, *before), key=lambda one: _RANK.index(one.card.indicator)))


def _shown(card: Card, service: Service, moment: str = "", at: When | None = None) -> Shown:
    return Shown(card, service.name, service.product, service.title, _URGENCY[card.indicator], moment, at)
