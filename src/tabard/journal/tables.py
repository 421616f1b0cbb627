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
        digest BLOB NOT NULL,           -- SHA-256 of the content without MSH-7; x'00': not made yet, raw is kept
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
    """
    ALTER TABLE mark ADD COLUMN key BLOB;                           -- a keyed hash of whom the message is about
    ALTER TABLE mark ADD COLUMN attempts INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE mark ADD COLUMN again INTEGER;                      -- of a held message: given again then, microseconds
    -- Of held messages only: an index of all keys would write a page of its own for each message applied.
    CREATE INDEX mark_held ON mark (key, seq) WHERE state = 'waiting';
    CREATE INDEX mark_again ON mark (again) WHERE again IS NOT NULL;
    CREATE TABLE again (                -- messages up to progress.settled_to that wait again: released, replayed
        seq INTEGER PRIMARY KEY REFERENCES message,
        attempts INTEGER NOT NULL       -- how often it was given before
    ) STRICT;
    CREATE TABLE intervention (         -- what persons decided
        id INTEGER PRIMARY KEY,
        seq INTEGER NOT NULL,
        at INTEGER NOT NULL,            -- microseconds since 1970
        by TEXT NOT NULL,
        verb TEXT NOT NULL,             -- release, settle, or what gives it again
        reason TEXT NOT NULL
    ) STRICT;
    CREATE INDEX intervention_seq ON intervention (seq, verb);
    CREATE TABLE answer (               -- only where message.ack_code and tally.answered do not say all
        seq INTEGER PRIMARY KEY,
        state TEXT NOT NULL,            -- pending, delivered, undelivered
        ack_code TEXT,                  -- of a later answer: what the sender was told in the end
        ack BLOB
    ) STRICT;
    ALTER TABLE tally ADD COLUMN no_effect INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE tally ADD COLUMN answered INTEGER NOT NULL DEFAULT 0;  -- answers of messages up to here were written
    UPDATE tally SET answered = (SELECT coalesce(max(seq), 0) FROM message);
    CREATE TABLE pruned (               -- lines that retention took, so that counts still reconcile
        link TEXT NOT NULL,
        state TEXT NOT NULL,
        number INTEGER NOT NULL,
        PRIMARY KEY (link, state)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE retention (            -- one row
        only INTEGER PRIMARY KEY CHECK (only = 1),
        content_to INTEGER NOT NULL,    -- messages up to here were looked at and have no content, but for those in passed
        lines_to INTEGER NOT NULL       -- and up to here no line
    ) STRICT;
    INSERT INTO retention VALUES (1, 0, 0);
    CREATE TABLE passed (seq INTEGER PRIMARY KEY) STRICT;  -- kept beyond their time, as they waited or were parked
    """,
)
