"""Ground: what every floor stands on (errors, time, ids, private files, logging)."""
