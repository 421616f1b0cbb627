"""The tables of `subscriptions.db`. Whoever reads the file reads the headers of endpoints too: it is its owner's alone (0600)."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text

METADATA = MetaData()
FILE = "subscriptions.db"
"""The file of these tables, in a hospital's folder."""

SUBSCRIPTION = Table(
    "subscription",
    METADATA,
    Column("id", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("client", String, nullable=False, index=True),
    Column("person", String, nullable=False),
    Column("context", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("grant_id", String),
    Column("scopes", Text, nullable=False),
    Column("status", String, nullable=False),
    Column("error", Text, nullable=False),
    Column("wanted", LargeBinary, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("changed_us", BigInteger, nullable=False),
    Column("begun", BigInteger),
    Column("last", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_us", BigInteger, nullable=False),
    Column("sent_us", BigInteger, nullable=False),
)

EVENT = Table(
    "event",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("subscription", String, nullable=False),
    Column("number", BigInteger),
    Column("type", String, nullable=False),
    Column("resource", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("what", String, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("is_delivered", Boolean, nullable=False),
    sqlite_autoincrement=True,
)
"""What triggered whom, in the record's order; without a number until it was found that the owner may be told."""

PLACE = Table("place", METADATA, Column("name", String, primary_key=True), Column("seq", BigInteger, nullable=False))
"""How far the record's writes were looked through."""

Index("event_of", EVENT.c.subscription, EVENT.c.is_delivered, EVENT.c.seq)
Index("event_number", EVENT.c.subscription, EVENT.c.number)
