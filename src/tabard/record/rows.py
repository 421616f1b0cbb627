"""A version as the database tells it, made into a value."""

from typing import Any

from tabard.ground.time import from_us
from tabard.record.model import Stored

COLUMNS = "r.type, r.id, v.version, v.updated, v.body, v.source"
"""Of `resource` named r and `version` named v, in the order in which `made` takes them."""


def made(row: Any) -> Stored:
    """The version that a row of COLUMNS tells."""
    resource_type, resource_id, version, updated_us, body, source = row
    return Stored(resource_type, resource_id, version, from_us(updated_us), body, source)


def made_if(row: Any) -> Stored | None:
    """The version, or None where there is no row."""
    return None if row is None else made(row)
