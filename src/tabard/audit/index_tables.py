"""The index's tables, and the statements that fill them from lines of the log.

The lines go in as one JSON text and SQLite takes them apart itself: the thread that indexes then holds Python's lock for
next to nothing, and whoever answers requests meanwhile does not wait for it.
"""

STEPS = (
    """
    CREATE TABLE chain (
        id INTEGER PRIMARY KEY,
        file TEXT NOT NULL UNIQUE,
        bytes INTEGER NOT NULL,
        lines INTEGER NOT NULL,
        unread INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE event (
        id INTEGER PRIMARY KEY,
        at_us INTEGER NOT NULL,
        action TEXT NOT NULL,
        outcome TEXT NOT NULL,
        person TEXT,
        client TEXT,
        resource TEXT,
        glass TEXT
    );
    CREATE INDEX event_at ON event (at_us);
    CREATE INDEX event_person ON event (person, at_us) WHERE person IS NOT NULL;
    CREATE INDEX event_client ON event (client, at_us) WHERE client IS NOT NULL;
    CREATE INDEX event_glass ON event (glass) WHERE glass IS NOT NULL;
    CREATE TABLE about (
        patient TEXT NOT NULL,
        at_us INTEGER NOT NULL,
        event INTEGER NOT NULL,
        PRIMARY KEY (patient, at_us, event)
    ) WITHOUT ROWID;
    """,
)
"""One row an event, by what it is looked for: all else is read from its line; `about` has a row for each of its patients."""

PLACE_BITS = 40
"""An event's id is its chain's number and, below that, the byte at which its line begins in that chain's file."""

# A line is given as [place, {"n": ..., "event": {...}}]; the first line of a chain has no event.
_ID = f"(?1 << {PLACE_BITS}) + (line.value ->> '$[0]')"
_AT = "line.value ->> '$[1].event.at'"
_FRACTION = f"CAST(substr(rtrim(substr({_AT}, 21), 'Z') || '000000', 1, 6) AS INTEGER)"
_AT_US = f"unixepoch({_AT}) * 1000000 + CASE WHEN length({_AT}) > 20 THEN {_FRACTION} ELSE 0 END"
_WHERE = f"WHERE {_AT} IS NOT NULL"
_COLUMNS = ("action", "outcome", "person", "client", "resource", "glass")

INSERT_EVENTS = f"""
    INSERT INTO event (id, at_us, {", ".join(_COLUMNS)})
    SELECT {_ID}, {_AT_US}, {", ".join(f"line.value ->> '$[1].event.{name}'" for name in _COLUMNS)}
    FROM json_each(?2) AS line
    {_WHERE}
"""  # noqa: S608  made of the constants above alone
"""Lines of the chain numbered ?1, as a JSON array ?2 of [place, line]."""

_NAMED = f"""
    SELECT {{patient}} AS patient, {_AT_US} AS at_us, {_ID} AS event
    FROM json_each(?2) AS line, json_each(line.value, '$[1].event.{{where}}') AS named
    {_WHERE}
"""  # noqa: S608  as above
_REFERENCE = "substr(named.value, 9)"
_IS_PATIENT = "AND named.value GLOB 'Patient/?*'"

INSERT_ABOUT = f"""
    INSERT OR IGNORE INTO about (patient, at_us, event)
    {_NAMED.format(patient="named.value", where="patients")}
    UNION ALL
    {_NAMED.format(patient=_REFERENCE, where="seen")} {_IS_PATIENT}
    UNION ALL
    {_NAMED.format(patient=_REFERENCE, where="resource")} {_IS_PATIENT}
    UNION ALL
    {_NAMED.format(patient=_REFERENCE, where="context")} {_IS_PATIENT}
"""
"""The same, for the patients whom each event is about: see `patients_of`, which says it in Python."""
