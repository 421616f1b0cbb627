"""The tables of the queue, as steps of its schema: what is to be sent, written once, and what became of it."""

STEPS = (
    """
    CREATE TABLE message (
        id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice, also after messages were removed
        destination TEXT NOT NULL,
        control_id TEXT NOT NULL,              -- MSH-10
        of TEXT NOT NULL,                      -- the caller's reference
        created INTEGER NOT NULL,              -- microseconds since 1970
        raw BLOB NOT NULL,
        UNIQUE (destination, control_id)
    ) STRICT;
    CREATE TABLE fate (
        id INTEGER PRIMARY KEY REFERENCES message ON DELETE CASCADE,
        destination TEXT NOT NULL,
        state TEXT NOT NULL,
        is_safe INTEGER NOT NULL DEFAULT 0,    -- 1: the receiver said CA, and its application may still speak
        reason TEXT,
        detail TEXT NOT NULL DEFAULT '',
        attempts INTEGER NOT NULL DEFAULT 0,
        doubts INTEGER NOT NULL DEFAULT 0,
        not_before INTEGER,                    -- times: microseconds since 1970
        sent INTEGER,
        settled INTEGER,
        code TEXT NOT NULL DEFAULT '',         -- the last MSA-1
        ack BLOB,                              -- the last acknowledgement
        decided_by TEXT NOT NULL DEFAULT '',
        decided_why TEXT NOT NULL DEFAULT '',
        change INTEGER NOT NULL UNIQUE
    ) STRICT;
    CREATE TABLE progress (                    -- one row
        only INTEGER PRIMARY KEY CHECK (only = 1),
        change INTEGER NOT NULL                -- the last one given
    ) STRICT;
    INSERT INTO progress VALUES (1, 0);
    CREATE INDEX fate_on_its_way ON fate (destination, state, id);
    """,
)
