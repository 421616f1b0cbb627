"""The form of a store's database: one of an earlier form is opened while it has no case, and refused clearly else."""

from sqlalchemy import Engine, func, inspect, select, text

from tabard.store.errors import EarlierForm
from tabard.store.tables import CASES

FORM = 2
"""2: cases with roles by class, outcomes and a decision log."""


def check_form(tables: Engine, where: str) -> None:
    """Mark a new database, or one without cases, as of this form. Raises EarlierForm for cases that this form cannot read."""
    with tables.begin() as connection:
        form = int(connection.execute(text("PRAGMA user_version")).scalar_one())
        if form == FORM:
            return
        has_cases = (
            inspect(connection).has_table(CASES.name)
            and connection.execute(select(func.count()).select_from(CASES)).scalar_one()
        )
        if form > FORM or has_cases:
            raise EarlierForm(
                "this store's cases were kept by another Tabard, whose decisions no site takes any more",
                where=where,
                expected=f"form {FORM}",
                got=f"form {form}",
                remedy="keep the folder for its records, begin a new store, and have the products submitted again",
            )
        connection.execute(text(f"PRAGMA user_version = {FORM}"))
