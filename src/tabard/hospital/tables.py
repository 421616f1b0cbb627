"""The hospital's own tables, in `hospital.db`; times are microseconds since 1970."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, MetaData, String, Table, Text

METADATA = MetaData()

ACCOUNTS = Table(
    "account",
    METADATA,
    Column("id", String, primary_key=True),
    Column("username", String, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("password", Text, nullable=False),
)

SESSIONS = Table(
    "session",
    METADATA,
    Column("id_digest", String, primary_key=True),
    Column("account", ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    Column("begun_us", BigInteger, nullable=False),
    Column("seen_us", BigInteger, nullable=False),
    Index("session_of_account", "account"),
)

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
