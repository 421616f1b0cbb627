"""The gateway's own tables. Handles, codes and tokens are kept as hashes only: whoever reads the file can use none of them."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, MetaData, String, Table

METADATA = MetaData()

LAUNCH = Table(
    "launch",
    METADATA,
    Column("digest", LargeBinary, primary_key=True),
    Column("client", String, nullable=False),
    Column("person", String, nullable=False),
    Column("context", String, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
)

CODE = Table(
    "code",
    METADATA,
    Column("digest", LargeBinary, primary_key=True),
    Column("client", String, nullable=False),
    Column("person", String, nullable=False),
    Column("roles", String, nullable=False),
    Column("context", String, nullable=False),
    Column("scopes", String, nullable=False),
    Column("redirect_uri", String, nullable=False),
    Column("challenge", String, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
    Column("grant_id", String),
    Column("used_us", BigInteger),
    Column("fhir_user", String),
    Column("nonce", String),
    Column("auth_time_us", BigInteger),
)

GRANT = Table(
    "grant_",
    METADATA,
    Column("id", String, primary_key=True),
    Column("client", String, nullable=False),
    Column("person", String, nullable=False),
    Column("roles", String, nullable=False),
    Column("context", String, nullable=False),
    Column("scopes", String, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
    Column("revoked_us", BigInteger),
    Column("fhir_user", String),
)

TOKEN = Table(
    "token",
    METADATA,
    Column("digest", LargeBinary, primary_key=True),
    Column("grant_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("scopes", String, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
    Column("used_us", BigInteger),
)

ASKING = Table(
    "asking",
    METADATA,
    Column("digest", LargeBinary, primary_key=True),
    Column("person", String, nullable=False),
    Column("wish", String, nullable=False),
    Column("context", String),
    Column("expires_us", BigInteger, nullable=False),
)
"""Authorize requests that wait for a person's word: for a patient to be chosen, or for consent."""

ASSERTION = Table(
    "assertion",
    METADATA,
    Column("digest", LargeBinary, primary_key=True),
    Column("expires_us", BigInteger, nullable=False),
)
"""Clients' assertions that were taken, until their time is over: none is taken twice."""

Index("token_of_grant", TOKEN.c.grant_id)
