"""People of a hospital, by whose passwords commands are given."""

from pathlib import Path

from tabard.accounts import METADATA, Accounts, Cost
from tabard.database import engine
from tabard.hospital import init

CHEAP = Cost(log2_n=4)
PASSWORD = "secret"
ROLES = {"iain": "integration", "sana": "clinical_safety", "nadia": "clinician"}


def hospital_of_people(folder: Path) -> None:
    """An initialised hospital in `folder`, with an account for each role."""
    init(folder, "Trust", "RXX", 8700, cost=CHEAP)
    tables = engine(folder / "hospital.db")
    METADATA.create_all(tables)
    for username, role in ROLES.items():
        Accounts(tables, CHEAP).put(username, username.title(), frozenset({role}), PASSWORD)
    tables.dispose()
