"""Reading `hazards.toml`: all that is wrong is told together, each at its key."""

from collections.abc import Sequence
from enum import StrEnum
from typing import TypeVar

from tabard.accreditation.errors import BadHazardLog
from tabard.accreditation.hazards.declared import declared
from tabard.accreditation.hazards.model import (
    Acceptance,
    Control,
    ControlKind,
    Happened,
    Hazard,
    HazardLog,
    HazardStatus,
    NotApplicable,
    Owed,
    Owner,
    Phase,
    Risk,
)
from tabard.accreditation.hazards.scheme import Level, Likelihood, Scheme, Severity
from tabard.accreditation.hazards.taking import Faults, Taker
from tabard.ground.faults import Fault
from tabard.ground.toml import read_toml

_Word = TypeVar("_Word", bound=StrEnum)

LARGEST_BYTES = 1024 * 1024
_MOST_HAZARDS = 500
_MOST_CONTROLS = 60
_MOST_LINES = 200
_MOST_ISSUES = 100_000


def read_hazard_log(raw: bytes) -> HazardLog:
    """The hazard log of a `hazards.toml`. Raises BadHazardLog with every fault of it."""
    try:
        told = read_toml(raw, LARGEST_BYTES)
    except ValueError as fault:
        raise BadHazardLog.of((Fault("", "TOML in UTF-8", str(fault)),)) from fault
    faults: Faults = []
    log = _log(Taker(told, "", faults))
    if faults:
        raise BadHazardLog.of(tuple(faults))
    return log


def _log(take: Taker) -> HazardLog:
    scheme = declared(take)
    log = HazardLog(
        product=take.line("product"),
        version=take.line("version"),
        issue=take.number("issue", 1, _MOST_ISSUES),
        phase=_one(take, "phase", Phase, Phase.development),
        approved_by=take.line("approved_by"),
        supersedes=take.sha256("supersedes", ""),
        scheme=scheme,
        hazards=tuple(_hazard(one, scheme) for one in take.tables("hazard", _MOST_HAZARDS, is_owed=True)),
        not_applicable=tuple(_not_applicable(one) for one in take.tables("not_applicable", _MOST_HAZARDS)),
    )
    take.finish()
    return log


def _hazard(take: Taker, scheme: Scheme) -> Hazard:
    hazard = Hazard(
        id=take.id("id"),
        title=take.line("title"),
        description=take.prose("description", ""),
        causes=take.texts("causes", is_owed=True),
        effect=take.prose("effect"),
        harm=take.prose("harm"),
        care_setting=take.line("care_setting"),
        types=take.texts("types", tuple(Owed)),
        covers=take.texts("covers"),
        initial=_risk(take, "initial", scheme),
        existing=take.texts("existing_controls"),
        controls=tuple(_control(one) for one in take.tables("control", _MOST_CONTROLS)),
        residual=_risk(take, "residual", scheme),
        status=_one(take, "status", HazardStatus, HazardStatus.open),
        transferred_to=take.line("transferred_to", ""),
        owner=take.line("owner", ""),
        acceptance=_acceptance(take.table("acceptance")),
        history=tuple(_happened(one) for one in take.tables("history", _MOST_LINES)),
    )
    take.finish()
    return hazard


def _risk(take: Taker, key: str, scheme: Scheme) -> Risk:
    inner = take.table(key, is_owed=True)
    if inner is None:
        return Risk(Severity.minor, Likelihood.very_low, 1, 1)
    severity, likelihood = (
        _place(inner, name, levels)
        for name, levels in (("severity", scheme.severity), ("likelihood", scheme.likelihood))
    )
    told, rationale = inner.number("rating", 1, 5), inner.prose("rationale")
    inner.finish()
    return Risk(Severity(severity), Likelihood(likelihood), scheme.rating(severity, likelihood), told, rationale)


def _place(take: Taker, key: str, levels: Sequence[Level]) -> int:
    """Which of the scheme's five it is, from 1."""
    codes = [one.code for one in levels]
    word = take.word(key, codes)
    return codes.index(word) + 1 if word in codes else 1


def _control(take: Taker) -> Control:
    control = Control(
        id=take.id("id"),
        kind=_one(take, "kind", ControlKind, ControlKind.design),
        owner=_one(take, "owner", Owner, Owner.manufacturer),
        text=take.prose("text"),
        implemented=take.texts("implemented"),
        effective=take.texts("effective"),
        introduces=take.texts("introduces"),
        code=take.texts("code"),
    )
    take.finish()
    return control


def _acceptance(take: Taker | None) -> Acceptance | None:
    if take is None:
        return None
    acceptance = Acceptance(take.line("by"), take.line("role"), take.prose("reason"), take.day("at"))
    take.finish()
    return acceptance


def _happened(take: Taker) -> Happened:
    happened = Happened(take.day("at"), take.line("by"), take.prose("words"))
    take.finish()
    return happened


def _not_applicable(take: Taker) -> NotApplicable:
    told = NotApplicable(_one(take, "type", Owed, Owed.missing), take.prose("reason"), take.texts("covers"))
    take.finish()
    return told


def _one(take: Taker, key: str, words: type[_Word], otherwise: _Word) -> _Word:
    """The word that stands there; `otherwise` once a fault is noted."""
    told = take.word(key, tuple(words))
    return words(told) if told else otherwise
