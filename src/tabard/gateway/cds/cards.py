"""Cards: what a service may say, read strictly and within bounds. Pure.

Source: CDS Hooks 2.0, "CDS Service Response".
"""

from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from tabard.ground.errors import ProductError

PRODUCT = "urn:tabard:product:"
"""Before the id of a product that is installed at the hospital."""

MOST_BYTES = 256 * 1024
"""The longest answer that is read."""

_Text = Annotated[str, msgspec.Meta(max_length=20_000)]
_Label = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
_Id = Annotated[str, msgspec.Meta(max_length=200)]
_Url = Annotated[str, msgspec.Meta(max_length=2000)]


class BadCards(ProductError):  # noqa: N818  says what came
    """A service answered what is no answer of a CDS service."""


class Source(msgspec.Struct, frozen=True):
    """Where a card's advice comes from."""

    label: _Label
    url: _Url = ""


class Action(msgspec.Struct, frozen=True):
    """What accepting a suggestion would do."""

    type: Literal["create", "update", "delete"]
    description: _Text
    resource: dict[str, object] | None = None


class Suggestion(msgspec.Struct, frozen=True, rename="camel"):
    """Something that the person may accept."""

    label: _Label
    uuid: _Id = ""
    is_recommended: bool = False
    actions: Annotated[tuple[Action, ...], msgspec.Meta(max_length=20)] = ()


class Link(msgspec.Struct, frozen=True, rename="camel"):
    """A way on: an `absolute` address, or a `smart` app that is launched here.

    A product cannot know where another is served, so an app may also be named as `urn:tabard:product:ID`.
    """

    label: _Label
    url: _Url
    type: Literal["absolute", "smart"]
    app_context: _Text = ""


class OverrideReason(msgspec.Struct, frozen=True):
    """A reason that a person may give for not following a card."""

    code: _Id
    display: _Label
    system: _Url = ""


class Card(msgspec.Struct, frozen=True, rename="camel"):
    """One card: a summary under 140 characters, how urgent it is, and where it comes from."""

    summary: Annotated[str, msgspec.Meta(min_length=1, max_length=140)]
    indicator: Literal["info", "warning", "critical"]
    source: Source
    uuid: _Id = ""
    detail: _Text = ""
    selection_behavior: Literal["", "at-most-one", "any"] = ""
    suggestions: Annotated[tuple[Suggestion, ...], msgspec.Meta(max_length=10)] = ()
    links: Annotated[tuple[Link, ...], msgspec.Meta(max_length=10)] = ()
    override_reasons: Annotated[tuple[OverrideReason, ...], msgspec.Meta(max_length=20)] = ()


class Answered(msgspec.Struct, frozen=True):
    """The cards of an answer, and whether it also asked for something to be done without anybody's word."""

    cards: tuple[Card, ...]
    has_system_actions: bool


class _Answer(msgspec.Struct, frozen=True, rename="camel"):
    cards: Annotated[tuple[Card, ...], msgspec.Meta(max_length=20)]
    system_actions: tuple[msgspec.Raw, ...] | None = None


def read_cards(body: bytes) -> Answered:
    """The cards in an answer. Raises BadCards naming the place; never with what stands there, which may be a patient's."""
    if len(body) > MOST_BYTES:
        raise BadCards("The answer is too long.", expected=f"at most {MOST_BYTES} bytes", got=f"{len(body)} bytes")
    try:
        answer = msgspec.json.decode(body, type=_Answer)
    except msgspec.DecodeError as error:
        raise BadCards("The answer is not that of a CDS service.", where=_place(error), expected="cards") from None
    cards = tuple(_sound(card) for card in answer.cards)
    return Answered(cards, has_system_actions=bool(answer.system_actions))


def _sound(card: Card) -> Card:
    """The card without links that lead nowhere safe: only https, and http to this very machine's products."""
    if card.suggestions and not card.selection_behavior:
        raise BadCards("A card with suggestions must say how many may be chosen.", where="selectionBehavior")
    kept = tuple(one for one in card.links if _is_app(one) or _is_safe(one.url))
    source = card.source if not card.source.url or _is_safe(card.source.url) else Source(card.source.label)
    return msgspec.structs.replace(card, links=kept, source=source)


def _is_app(link: Link) -> bool:
    return link.type == "smart" and link.url.startswith(PRODUCT)


def _is_safe(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    is_ours = parts.scheme == "http" and (host == "localhost" or host.endswith(".localhost"))
    return bool(host) and (parts.scheme == "https" or is_ours) and parts.username is None


def _place(error: msgspec.DecodeError) -> str:
    """Where in the answer: msgspec says it behind ` - at `, and what it says before may hold a value."""
    return str(error).rpartition(" - at ")[2].strip("`") if " - at " in str(error) else "$"
