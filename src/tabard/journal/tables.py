"""The journal's tables, as steps of its schema.

`message` is only ever added to. What becomes of a message is a row in `mark`; a message without one is waiting. So the
content is written once, and a change of state touches a few bytes.
"""

STEPS = (
    """
    CREATE TABLE message (
        seq INTEGER PRIMARY KEY,
        link TEXT NOT NULL,
        received INTEGER NOT NULL,      -- microseconds since 1970
        peer TEXT NOT NULL,             -- address the message came from
        control_id TEXT NOT NULL,       -- MSH-10
        sender TEXT NOT NULL,           -- MSH-3 and MSH-4
        event TEXT NOT NULL,            -- MSH-9
        digest BLOB NOT NULL,           -- SHA-256 of the content without MSH-7
        size_bytes INTEGER NOT NULL,
        flags TEXT NOT NULL,            -- of the intake, parted by blanks
        ack_code TEXT NOT NULL,         -- MSA-1 as answered; empty: nothing could be answered
        ack BLOB,
        first INTEGER,                  -- of a duplicate: the seq that holds the content
        raw BLOB                        -- last, so that the other columns are read without it
    ) STRICT;
    CREATE TABLE identity (             -- of the messages up to progress.indexed_to that were acknowledged AA
        link TEXT NOT NULL,
        control_id TEXT NOT NULL,
        seq INTEGER NOT NULL,
        PRIMARY KEY (link, control_id, seq DESC)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE mark (
        seq INTEGER PRIMARY KEY REFERENCES message,
        state TEXT NOT NULL,
        reason TEXT,
        detail TEXT,
        remedy TEXT,
        flags TEXT NOT NULL,            -- of the application
        handled INTEGER NOT NULL        -- microseconds since 1970
    ) STRICT;
    CREATE INDEX mark_not_applied ON mark (state, seq, reason) WHERE reason IS NOT NULL;
    CREATE TABLE tally (                -- one row a link, so that counting is not a walk over the messages
        link TEXT PRIMARY KEY,
        received INTEGER NOT NULL,      -- messages
        waiting INTEGER NOT NULL,
        applied INTEGER NOT NULL,
        parked INTEGER NOT NULL,
        refused INTEGER NOT NULL,
        duplicate INTEGER NOT NULL,
        heard INTEGER                   -- when the last readable one came, microseconds since 1970
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE progress (             -- one row
        only INTEGER PRIMARY KEY CHECK (only = 1),
        settled_to INTEGER NOT NULL,    -- no message up to here waits, so that looking for work starts here
        indexed_to INTEGER NOT NULL     -- messages up to here are in identity
    ) STRICT;
    INSERT INTO progress VALUES (1, 0, 0);
    """,
)
