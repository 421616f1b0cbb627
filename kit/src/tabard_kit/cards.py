"""What a service answers: cards. Source: CDS Hooks 2.0, "Card attributes"."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_LONGEST_SUMMARY = 139
"""Source: CDS Hooks 2.0: a summary has fewer than 140 characters."""


class Indicator(StrEnum):
    """How much a card matters."""

    info = "info"
    warning = "warning"
    critical = "critical"


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a card; `type` is `absolute`, or `smart` for the launch page of an app."""

    label: str
    url: str
    type: str = "absolute"

    def as_json(self) -> dict[str, Any]:
        """The link as the standard writes it."""
        return {"label": self.label, "url": self.url, "type": self.type}


@dataclass(frozen=True, slots=True)
class Card:
    """One card: `summary` in fewer than 140 characters, `detail` in Markdown, `source` who says so.

    Raises ValueError for a summary that is empty or too long: it would be cut where nobody chose.
    """

    summary: str
    source: str
    indicator: Indicator = Indicator.info
    detail: str = ""
    links: tuple[Link, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < len(self.summary) <= _LONGEST_SUMMARY:
            raise ValueError(f"a summary has 1 to {_LONGEST_SUMMARY} characters, this has {len(self.summary)}")

    def as_json(self) -> dict[str, Any]:
        """The card as the standard writes it."""
        told: dict[str, Any] = {
            "summary": self.summary,
            "indicator": self.indicator.value,
            "source": {"label": self.source},
        }
        if self.detail:
            told["detail"] = self.detail
        if self.links:
            told["links"] = [link.as_json() for link in self.links]
        return told
