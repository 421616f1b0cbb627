"""The record's tables.

`resource` holds what is so now, without its body; `version` holds every body ever written and, read by `seq`, is the
change feed. One index table for each kind of search parameter; a row is of one place in resources of one type, told by the
place's number (`parameter`), and costs one tree, except for dates, numbers and quantities: their ranges can hold nearly
everything, so they are found from the resource too. `place` tells which values of a repeating element stand together.
`applied` holds ranges of journal numbers, so that it stays small however long the hospital runs.
`note` is what the links remember beside the resources. What is deleted is `gone` and has no index row; the version that
says so has an empty body.
"""

from tabard.database import Step

STEPS: tuple[str | Step, ...] = (
    """
    CREATE TABLE about (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE resource (
        key INTEGER PRIMARY KEY,
        type TEXT NOT NULL,
        id TEXT NOT NULL,
        seq INTEGER NOT NULL,
        version INTEGER NOT NULL,
        updated INTEGER NOT NULL,
        dated INTEGER,
        digest BLOB NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX resource_id ON resource (type, id);
    CREATE INDEX resource_type ON resource (type);
    CREATE INDEX resource_updated ON resource (type, updated);
    CREATE TABLE version (
        seq INTEGER PRIMARY KEY,
        key INTEGER NOT NULL REFERENCES resource (key),
        version INTEGER NOT NULL,
        updated INTEGER NOT NULL,
        dated INTEGER,
        source TEXT NOT NULL,
        body BLOB NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX version_of ON version (key, version);
    CREATE TABLE token (
        parameter INTEGER NOT NULL, code TEXT NOT NULL, system TEXT NOT NULL, key INTEGER NOT NULL,
        PRIMARY KEY (parameter, code, key, system)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE string (
        parameter INTEGER NOT NULL, folded TEXT NOT NULL, text TEXT NOT NULL, key INTEGER NOT NULL,
        PRIMARY KEY (parameter, folded, key, text)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE date (
        parameter INTEGER NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL, key INTEGER NOT NULL,
        PRIMARY KEY (parameter, key, low, high)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX date_low ON date (parameter, low);
    CREATE INDEX date_high ON date (parameter, high);
    CREATE TABLE reference (
        parameter INTEGER NOT NULL, target TEXT NOT NULL, type TEXT NOT NULL, key INTEGER NOT NULL,
        PRIMARY KEY (parameter, target, key, type)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE applied (first INTEGER PRIMARY KEY, last INTEGER NOT NULL) STRICT;
    """,
    """
    CREATE TABLE note (
        kind TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL,
        PRIMARY KEY (kind, key)
    ) STRICT, WITHOUT ROWID;
    """,
    Step(
        """
        ALTER TABLE resource ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;
        DROP INDEX resource_type;
        CREATE INDEX resource_live ON resource (type, gone);
        """,
        # SQLite's indexes end with the key by themselves: it is the order in which all of a type are gone through.
        """
        ALTER TABLE resource ADD COLUMN gone BIGINT NOT NULL DEFAULT 0;
        DROP INDEX resource_type;
        CREATE INDEX resource_live ON resource (type, gone, key);
        """,
    ),
    """
    DROP TABLE token;
    DROP TABLE string;
    DROP TABLE date;
    DROP TABLE reference;
    CREATE TABLE token (
        parameter INTEGER NOT NULL, code TEXT NOT NULL, system TEXT NOT NULL,
        place INTEGER NOT NULL, key INTEGER NOT NULL,
        PRIMARY KEY (parameter, code, key, system, place)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE string (
        parameter INTEGER NOT NULL, folded TEXT NOT NULL, text TEXT NOT NULL,
        place INTEGER NOT NULL, key INTEGER NOT NULL,
        PRIMARY KEY (parameter, folded, key, text, place)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE date (
        parameter INTEGER NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL,
        place INTEGER NOT NULL, key INTEGER NOT NULL,
        PRIMARY KEY (parameter, key, low, high, place)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX date_low ON date (parameter, low);
    CREATE INDEX date_high ON date (parameter, high);
    CREATE TABLE reference (
        parameter INTEGER NOT NULL, target TEXT NOT NULL, type TEXT NOT NULL,
        place INTEGER NOT NULL, key INTEGER NOT NULL,
        PRIMARY KEY (parameter, target, key, type, place)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE number (
        parameter INTEGER NOT NULL, low REAL NOT NULL, high REAL NOT NULL,
        place INTEGER NOT NULL, key INTEGER NOT NULL,
        PRIMARY KEY (parameter, key, low, high, place)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX number_low ON number (parameter, low);
    CREATE INDEX number_high ON number (parameter, high);
    CREATE TABLE quantity (
        parameter INTEGER NOT NULL, low REAL NOT NULL, high REAL NOT NULL,
        code TEXT NOT NULL, system TEXT NOT NULL, unit TEXT NOT NULL,
        place INTEGER NOT NULL, key INTEGER NOT NULL,
        PRIMARY KEY (parameter, key, low, high, code, system, unit, place)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX quantity_low ON quantity (parameter, low);
    CREATE INDEX quantity_high ON quantity (parameter, high);
    CREATE TABLE uri (
        parameter INTEGER NOT NULL, uri TEXT NOT NULL, place INTEGER NOT NULL, key INTEGER NOT NULL,
        PRIMARY KEY (parameter, uri, key, place)
    ) STRICT, WITHOUT ROWID;
    """,
)
