"""Tables of accounts and sessions, in the database of whichever application keeps them; times are microseconds since 1970."""

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

PRACTITIONERS = Table(
    "account_practitioner",
    METADATA,
    Column("account", ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("practitioner", String, nullable=False),
)
"""Which Practitioner of the record somebody with a password is."""

OUTSIDERS = Table(
    "outsider",
    METADATA,
    Column("id", String, primary_key=True),
    Column("name", Text, nullable=False),
)
"""People without a password here, by whose names what they did is told."""

VOUCHED = Table(
    "vouched_session",
    METADATA,
    Column("id_digest", String, primary_key=True),
    Column("person", ForeignKey("outsider.id"), nullable=False),
    Column("roles", Text, nullable=False),
    Column("practitioner", String),
    Column("how", String, nullable=False),
    Column("hint", Text, nullable=False),
    Column("begun_us", BigInteger, nullable=False),
    Column("seen_us", BigInteger, nullable=False),
)
