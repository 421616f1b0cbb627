"""The tables of `gateway.db`, made where they are missing; what an earlier Tabard's tables lack is added to them."""

from sqlalchemy import Engine, inspect
from sqlalchemy.schema import CreateColumn

from tabard.gateway.smart.tables import METADATA


def prepare(engine: Engine) -> None:
    """Make what is missing. A column is only ever added, and may be null: tokens that are out outlive an upgrade."""
    METADATA.create_all(engine)
    with engine.begin() as connection:
        for table in METADATA.sorted_tables:
            there = {column["name"] for column in inspect(connection).get_columns(table.name)}
            for column in table.columns:
                if column.name not in there:
                    told = CreateColumn(column).compile(dialect=engine.dialect)
                    connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {told}")
