"""The hospital's own tables, in `hospital.db`; times are microseconds since 1970. How they came about: `schema.py`."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, String, Table, Text

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
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("remedy", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("evidence", Integer),
    Column("manifest", Text, nullable=False),
    Column("files", Text, nullable=False),
    Column("owed", Integer, nullable=False),
)
"""A product here; `sha256` is its package's, "" for a folder on trial. `files` are the digests of its files, as JSON.

`owed` counts the times that it was stopped or taken away since its tokens were last ended.
"""

EVIDENCE = Table(
    "evidence",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("product", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("decision", LargeBinary, nullable=False),
    Column("release", LargeBinary, nullable=False),
    Column("told", Text, nullable=False),
    Column("verified_us", BigInteger, nullable=False),
    Column("ended_us", BigInteger),
    Column("ended", Text, nullable=False),
)
"""What was verified at each install; a row is never deleted. `ended` says how the install ended, "" while it lasts."""

CLIENTS = Table(
    "client",
    METADATA,
    Column("id", String, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("launch_uri", Text, nullable=False),
    Column("redirect_uris", Text, nullable=False),
    Column("origin", Text),
    Column("scopes", Text, nullable=False),
    Column("secret_digest", Text),
    Column("jwks", Text),
    Column("jwks_uri", Text),
    Column("is_patient_facing", Integer, nullable=False),
    Column("registered_us", BigInteger, nullable=False),
    Column("removed_us", BigInteger),
    Column("owed", Integer, nullable=False, default=0),
)
"""Clients that this hospital registered by itself; a row is never deleted, so that an id is never somebody else's.

A secret is here as its salted digest alone. `owed` is 1 from the removal until the client's tokens are ended.
"""
