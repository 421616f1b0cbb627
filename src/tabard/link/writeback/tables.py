"""The table of writes, as steps of its schema: each row is a promise that is carried out, whatever falls over in between."""

STEPS = (
    """
    CREATE TABLE write (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        resource TEXT NOT NULL,              -- its reference; several writes may change one Patient
        patient TEXT NOT NULL,               -- the record's id
        link TEXT NOT NULL,
        destination TEXT NOT NULL,
        control_id TEXT NOT NULL UNIQUE,     -- MSH-10; over FHIR, the identifier by which it is searched for
        key BLOB UNIQUE,                     -- digest of the product, the patient and the product's own identifier
        digest BLOB NOT NULL,                -- of what the product sent
        body BLOB,                           -- the resource as it goes into the record; NULL for what does not
        message BLOB,                        -- as it is sent; NULL over FHIR
        numbers TEXT NOT NULL,               -- those that we gave it, a line each: system|value
        is_filed INTEGER NOT NULL DEFAULT 0, -- 1: it is in the record and in the outbox
        is_told INTEGER NOT NULL DEFAULT 1,  -- 1: the record has the tag of `state`
        number INTEGER,                      -- in the outbox
        tried INTEGER,                       -- over FHIR: when a try began whose end is not known
        state TEXT NOT NULL DEFAULT 'pending',
        reason TEXT NOT NULL DEFAULT '',
        remedy TEXT NOT NULL DEFAULT '',
        created INTEGER NOT NULL,            -- times: microseconds since 1970
        changed INTEGER NOT NULL,
        client TEXT NOT NULL,
        person TEXT NOT NULL
    ) STRICT;
    CREATE INDEX write_of_patient ON write (patient, id);
    CREATE INDEX write_of_resource ON write (resource, id);
    CREATE INDEX write_in_outbox ON write (number);
    CREATE INDEX write_open ON write (id) WHERE state != 'confirmed';
    CREATE TABLE seen (                      -- one row: how far the outbox's changes were read
        only INTEGER PRIMARY KEY CHECK (only = 1),
        change INTEGER NOT NULL
    ) STRICT;
    INSERT INTO seen VALUES (1, 0);
    """,
    """
    ALTER TABLE write ADD COLUMN there TEXT; -- over FHIR: the id by which what was made there is read back
    """,
)
