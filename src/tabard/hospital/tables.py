"""The hospital's own tables, in `hospital.db`; times are microseconds since 1970."""

from sqlalchemy import BigInteger, Column, MetaData, String, Table, Text

METADATA = MetaData()

INSTALLS = Table(
    "install",
    METADATA,
    Column("id", String, primary_key=True),
    Column("title", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("publisher", Text, nullable=False),
    Column("context", Text, nullable=False),
    Column("folder", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("launch", Text, nullable=False),
    Column("start", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("installed_us", BigInteger, nullable=False),
)
