"""The scenes by their names, in words: what was done to a product in each."""

from collections.abc import Mapping
from types import MappingProxyType

APP_SCENES: Mapping[str, str] = MappingProxyType(
    {
        "opened": "opened on somebody of whom everything is known, and left alone for a minute",
        "slow": "the first answers are slow",
        "refused": "from the beginning the gateway answers 429, for three minutes",
        "away": "from the beginning the gateway answers 503, for three minutes",
        "never": "from the beginning the gateway never answers, for three minutes",
        "missing": "opened on somebody of whom nothing was ever measured",
        "hostile": "opened on somebody in whose names stand scripts",
        "odd": "opened on somebody whose values are far too large, in another unit, below zero, or null",
        "stale": "left open while nothing is heard from the record system for eleven minutes",
        "lost": "left open while the gateway answers 503 for two minutes",
        "expired": "left open until its access token has run out",
        "revoked": "left open while all its rights are taken back",
        "other-tab": "opened on somebody else in a second tab, beside the first",
        "same-tab": "opened on somebody else in the tab that showed the first",
        "millennium": "opened at a hospital whose results are asked of a Millennium",
    }
)
HOOK_SCENES: Mapping[str, str] = MappingProxyType(
    {
        "opened": "asked about somebody of whom everything is known",
        "missing": "asked about somebody of whom nothing was ever measured",
        "hostile": "asked about somebody in whose names stand scripts",
        "odd": "asked about somebody whose values are far too large, in another unit, below zero, or null",
        "switched": "asked about somebody else straight afterwards",
        "bare-handed": "asked without any of what it wants to know beforehand",
        "away": "asked while the gateway answers 503 on its socket",
        "never": "asked while the gateway never answers on its socket",
        "millennium": "asked at a hospital whose results are asked of a Millennium",
    }
)
