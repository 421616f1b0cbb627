"""What is offered as evidence, held against its kind before anything is sent; and the kinds in words."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import typer

from tabard.accreditation.claims import (
    OF_BYTES,
    OF_ORGANISATION,
    Evidence,
    EvidenceKind,
    must_end,
    must_say,
    near_criteria,
)
from tabard.accreditation.frameworks import NoSuchCriterion, criterion
from tabard.cli.product_files import package_in
from tabard.ground.errors import CallerError

_EXAMPLES = {
    "status": "standards met",
    "year": "2025-26",
    "worst_cvss": "6.9",
    "tester": "Testers Ltd",
    "scope": "whole organisation",
    "register": "GMC",
}
_NOBODY, _NOTHING = "AAA", "0" * 64


def tell_kinds() -> None:
    """Every kind: whose it is, what it must say, whether it ends."""
    for kind in EvidenceKind:
        says = " ".join(f'--says {name}="{_EXAMPLES.get(name, "...")}"' for name in must_say(kind))
        more = [says] if says else []
        more += ["--expires DATE"] if must_end(kind) else []
        more += ["--package FILE"] if kind in OF_BYTES else []
        typer.echo(f"{kind:<26}{_whose(kind):<20}{' '.join(more)}".rstrip())


def offered(
    kind: str,
    title: str,
    serves: Sequence[str],
    says: Iterable[str],
    days: tuple[date, date | None],
    about: tuple[str | None, Path | None],
    id_: str,
) -> dict[str, Any]:
    """What is offered, judged here as the store will: `days` on which it was made and ends, product and package that it is `about`.

    Raises what `check_offer` raises, and CallerError for a package of another product.
    """
    product, path = about
    of = package_in(path) if path else None
    if of and product not in (None, of.manifest.id):
        raise CallerError("the package is of another product", where="--product", expected=of.manifest.id, got=product)
    offer = {
        "kind": kind,
        "title": title,
        "made": days[0],
        "serves": list(serves),
        "expires": days[1],
        "product": of.manifest.id if of else product,
        "package": of.sha256 if of else None,
        "says": dict(map(_said, says)),
        "id": id_,
    }
    check_offer(offer)
    return offer


def check_offer(offer: Mapping[str, Any]) -> None:
    """Raises CallerError for an unknown kind or criterion, telling near ones, and BadEvidence for what its kind does not say."""
    kind = _kind(offer["kind"])
    for one in offer["serves"]:
        _check_criterion(one)
    missing = [name for name in must_say(kind) if name not in offer["says"]]
    if missing:
        wanted = " ".join(f'--says {name}="{_EXAMPLES.get(name, "...")}"' for name in missing)
        raise CallerError(f"a {kind} must say more", where="--says", expected=wanted, remedy="--kinds tells them all")
    Evidence(
        id=offer["id"] or "new",
        sha256=_NOTHING,
        kind=kind,
        title=offer["title"],
        organisation=_NOBODY,
        made=offer["made"],
        serves=tuple(offer["serves"]),
        for_product=offer["product"],
        for_package=offer["package"],
        expires=offer["expires"],
        says=tuple(offer["says"].items()),
    )


def _whose(kind: EvidenceKind) -> str:
    if kind in OF_ORGANISATION:
        return "the organisation's"
    return "one package's" if kind in OF_BYTES else "either's"


def _kind(told: str) -> EvidenceKind:
    if told in set(EvidenceKind):
        return EvidenceKind(told)
    near = get_close_matches(told, list(EvidenceKind), n=2) or list(EvidenceKind)
    raise CallerError(
        "there is no such kind of evidence",
        where="--kind",
        expected=" or ".join(near),
        got=told,
        remedy="--kinds tells them all",
    )


def _check_criterion(told: str) -> None:
    try:
        criterion(told)
    except NoSuchCriterion as fault:
        near = " or ".join(near_criteria(told))
        raise CallerError(
            "there is no such criterion",
            where="--serves",
            got=told,
            expected=near or None,
            remedy="`tabard accredit framework show ID` tells all of a framework",
        ) from fault


def _said(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    if not name.strip() or not value.strip():
        raise CallerError("what an item says has a name and a value", where="--says", expected="NAME=VALUE", got=text)
    return name.strip(), value.strip()
