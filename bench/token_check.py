"""How long it takes to know an access token: looked up, and whether its time is over, among as many as a hospital has out.

The target is 10 microseconds a check. Run: python bench/token_check.py [--tokens 20000] [--checks 200000]
"""

import argparse
import statistics
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from tabard.database import engine
from tabard.fhir.scopes import parse
from tabard.gateway import Client, PatientContext
from tabard.gateway.api.access import rights_of
from tabard.gateway.model import Rights
from tabard.gateway.smart.grants import Grants
from tabard.gateway.smart.held import Held
from tabard.gateway.smart.lifetimes import Lifetimes
from tabard.gateway.smart.schema import prepare
from tabard.gateway.smart.secrets import digest
from tabard.ground.ids import unguessable
from tabard.ground.time import system_clock

TARGET_US = 10.0
ROUNDS = 5


class Clients:
    """No product: nothing is refreshed here."""

    def client(self, id: str) -> Client | None:  # noqa: A002  the port's word
        """Nobody."""
        del id
        return None


def main() -> None:
    """Print the median over rounds, and whether it keeps the target."""
    asked = arguments()
    with TemporaryDirectory() as folder:
        tables = engine(Path(folder) / "gateway.db")
        prepare(tables)
        grants = Grants(tables, Clients(), system_clock, unguessable, Lifetimes())
        tokens = [f"Bearer {admitted(grants)}" for _ in range(asked["tokens"])]
        found = [checked(grants, tokens, asked["checks"]) for _ in range(ROUNDS)]
        tables.dispose()
    good, bad = (statistics.median(column) for column in zip(*found, strict=True))
    print(f"good token  {good:6.2f} us    target {TARGET_US:.0f} us: {'kept' if good < TARGET_US else 'MISSED'}")
    print(f"bad token   {bad:6.2f} us    among {asked['tokens']:,} tokens")


def arguments() -> Mapping[str, int]:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", type=int, default=20_000)
    parser.add_argument("--checks", type=int, default=200_000)
    return dict(vars(parser.parse_args()))


def admitted(grants: Grants) -> str:
    """A fresh token that is held."""
    token, now = unguessable(), system_clock()
    rights = Rights("p", frozenset({"clinician"}), parse("patient/*.rs"), PatientContext("ann"), "app", "g")
    held = Held(digest(token), "g", rights, now + Lifetimes().access)
    grants._held._held[held.digest] = held  # noqa: SLF001  `admit` looks through all that are held: filling is not measured
    return token


def checked(grants: Grants, tokens: list[str], checks: int) -> tuple[float, float]:
    """Microseconds for a good token, and for one that is not known."""
    step = 7919  # a prime: no token is asked twice in a row
    begun = time.perf_counter()
    for number in range(checks):
        rights_of(tokens[number * step % len(tokens)], grants, system_clock)
    good = time.perf_counter() - begun
    begun = time.perf_counter()
    for _ in range(checks):
        assert grants.find("unknown") is None
    return good / checks * 1e6, (time.perf_counter() - begun) / checks * 1e6


if __name__ == "__main__":
    main()
