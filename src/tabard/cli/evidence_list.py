"""A maker's list of evidence, as `tabard product evidence list --json` writes it: what stands of it, and what a product's claims miss."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import typer

from tabard.accreditation.claims import BadClaims, Evidence, Ledger, claims_of, read_ledger, standing, unproven
from tabard.cli.product_files import read_file
from tabard.cli.terminal import line
from tabard.ground.errors import CallerError
from tabard.product import Package

_LARGEST_LIST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class EvidenceList:
    """An organisation's ledger as the store told it on a day, its chain followed."""

    store: str
    organisation: str
    on: date
    ledger: Ledger

    def standing(self, product: str, on: date) -> tuple[Evidence, ...]:
        """What stands on a day for that product."""
        return standing(self.ledger, on, organisation=self.organisation, product=product)


class _Told(msgspec.Struct):
    store: str
    organisation: str
    on: date
    head: str
    ledger: list[dict[str, Any]]


def read_list(path: Path) -> EvidenceList:
    """The list in that file. Raises CallerError where it is none, BadLedger where it was changed."""
    try:
        told = msgspec.json.decode(read_file(path, _LARGEST_LIST_BYTES), type=_Told)
    except msgspec.DecodeError as fault:
        raise CallerError(
            "this is no list of evidence",
            where=str(path),
            got=str(fault)[:200],
            remedy="tabard product evidence list --json > LIST.json",
        ) from fault
    ledger = read_ledger(told.ledger)
    if ledger.head != told.head:
        raise CallerError("this list was changed after it was written", where=str(path), remedy="ask for it again")
    return EvidenceList(told.store, told.organisation, told.on, ledger)


def tell_unproven(package: Package, listed: EvidenceList, on: date, *, as_json: bool) -> int:
    """Tell each reference of the product's claims that the store would not know on that day; how many there are.

    Raises CallerError for another organisation's list.
    """
    publisher = package.manifest.publisher
    if publisher != listed.organisation:
        raise CallerError(
            "this list is of another organisation's evidence",
            where="--evidence",
            expected=publisher,
            got=listed.organisation,
        )
    try:
        claims = claims_of(package.files)
    except BadClaims:
        return 0  # the rule for claims tells what is wrong with them
    found = unproven(claims, listed.standing(package.manifest.id, on), on)
    for criterion, ref, why in found:
        if as_json:
            told = {"criterion": criterion, "evidence": ref.sha256, "stands": False, "why": why}
            typer.echo(msgspec.json.encode(told).decode())
        else:
            line(f"  evidence      {criterion}: {why}")
    if not as_json:
        many = len({ref.sha256 for one in claims.claims for ref in one.evidence if not ref.file})
        shown = f"{len(found)} not shown" if found else "all of it stands"
        line(f"Evidence named by digest: {many} items, held against the list of {listed.on}: {shown}")
    return len(found)
