"""The store's own tables, in `store.db`; times are microseconds since 1970. Of what happened nothing is ever changed."""

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
)

METADATA = MetaData()

PUBLISHERS = Table(
    "publisher",
    METADATA,
    Column("ods", String, primary_key=True),
    Column("name", Text, nullable=False),
    Column("enrolled_us", BigInteger, nullable=False),
)

PUBLISHER_KEYS = Table(
    "publisher_key",
    METADATA,
    Column("keyid", String, primary_key=True),
    Column("ods", ForeignKey("publisher.ods"), nullable=False),
    Column("pem", Text, nullable=False),
    Column("from_us", BigInteger, nullable=False),
    Column("until_us", BigInteger, nullable=False),
)

ASSESSOR_ACCOUNTS = Table(
    "assessor_account",
    METADATA,
    Column("username", String, primary_key=True),
    Column("accreditor", String, nullable=False),
)

CASES = Table(
    "submission",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("product", String, nullable=False),
    Column("version", String, nullable=False),
    Column("publisher", ForeignKey("publisher.ods"), nullable=False),
    Column("status", String, nullable=False),
    Column("state", Text, nullable=False),
    Column("state_version", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("progress", Text, nullable=False),
    Column("package_sha256", String, nullable=False),
    Column("package_size", Integer, nullable=False),
    Column("release", LargeBinary, nullable=False),
    Column("release_keyid", String, nullable=False),
    Column("manifest", LargeBinary, nullable=False),
    Column("hazards", LargeBinary, nullable=False),
    Column("files", Text, nullable=False),
    UniqueConstraint("product", "version"),
    Index("submission_by_status", "status"),
)

EVENTS = Table(
    "event",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("submission", ForeignKey("submission.id"), nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("kind", String, nullable=False),
    Column("by", Text, nullable=False),
    Column("words", Text, nullable=False),
    Index("event_of_submission", "submission"),
)

REQUESTS = Table(
    "request",
    METADATA,
    Column("digest", String, primary_key=True),
    Column("at_us", BigInteger, nullable=False),
)

ADDRESSES = Table(
    "submission_address",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("sha256", String, nullable=False, unique=True),
    Column("submission", ForeignKey("submission.id"), nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Index("address_of_submission", "submission"),
)
"""By the hash of its secret, each address that opens a maker's page."""

STATES = Table(
    "submission_state",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("submission", ForeignKey("submission.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("status", String, nullable=False),
    Column("state", Text, nullable=False),
    UniqueConstraint("submission", "version"),
)
"""Every state that a case was in, whole; `submission.state` is the last of them."""

DECISIONS = Table(
    "decision_entry",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("sha256", String, nullable=False, unique=True),
    Column("entry", LargeBinary, nullable=False),
)
"""The decision log, an entry a row, each holding the digest of the one before."""

EVIDENCE = Table(
    "evidence_entry",
    METADATA,
    Column("organisation", String, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("sha256", String, nullable=False),
    Column("entry", Text, nullable=False),
)
"""Each organisation's ledger of evidence, an entry a row, each holding the digest of the one before."""

EVIDENCE_BYTES = Table(
    "evidence_bytes",
    METADATA,
    Column("organisation", String, primary_key=True),
    Column("sha256", String, primary_key=True),
    Column("size_bytes", Integer, nullable=False),
    Column("media", String, nullable=False),
)
"""Which bytes an organisation has brought: they lie in the folder, by their digest, and of what kind they are."""

for _verb in ("UPDATE", "DELETE"):
    for _table in (EVENTS, STATES, DECISIONS, EVIDENCE, EVIDENCE_BYTES):
        _text = (
            f"CREATE TRIGGER IF NOT EXISTS {_table.name}_{_verb.lower()} BEFORE {_verb} ON {_table.name} "
            "BEGIN SELECT RAISE(ABORT, 'what happened is not changed'); END"
        )
        event.listen(_table, "after_create", DDL(_text).execute_if(dialect="sqlite"))  # type: ignore[no-untyped-call]  # SQLAlchemy's own is not typed
