"""_include and _revinclude: what the matches of a page point at, and what points at them; each once, and never a match again.

Source: FHIR R4 3.1.1.5.4.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from tabard.database import Connection
from tabard.fhir.criteria import EVERYTHING, Criterion
from tabard.fhir.indexing import find
from tabard.record.conditions import Scope, numbered, where
from tabard.record.errors import BadSearch
from tabard.record.include_parameters import Include
from tabard.record.model import Stored
from tabard.record.rows import COLUMNS, made

MAX_INCLUDED = 1000
MAX_ROUNDS = 10
_CHUNK = 200

Name = tuple[str, str]


def included(connection: Connection, matches: Sequence[Stored], includes: Sequence[Include]) -> tuple[Stored, ...]:
    """The resources that `includes` bring along, those that the matches name first. Raises BadSearch for too many."""
    if not includes:
        return ()
    brought: dict[Name, Stored] = {}
    known: set[Name] = {(each.type, each.id) for each in matches}
    newest: Sequence[Stored] = matches
    for turn in range(MAX_ROUNDS + 1):
        wanted = [each for each in includes if turn == 0 or each.is_iterate]
        newest = [each for each in _round(connection, newest, wanted) if _is_new(each, known)]
        brought.update({(each.type, each.id): each for each in newest})
        if len(brought) > MAX_INCLUDED:
            raise _too_many(f"at most {MAX_INCLUDED}", "Ask for a smaller page, or include less.")
        if not newest:
            return tuple(brought.values())
    raise _too_many(f"at most {MAX_ROUNDS} steps from the matches", "Follow the references by searches of their own.")


def _is_new(each: Stored, known: set[Name]) -> bool:
    is_new = (each.type, each.id) not in known
    known.add((each.type, each.id))
    return is_new


def _round(connection: Connection, found: Sequence[Stored], includes: Sequence[Include]) -> Iterator[Stored]:
    for include in includes:
        if include.is_reverse:
            yield from _pointing_at(connection, found, include)
        else:
            yield from _pointed_at(connection, found, include)


def _pointed_at(connection: Connection, found: Sequence[Stored], include: Include) -> Iterator[Stored]:
    """In the order in which the matches name them."""
    names: dict[Name, None] = {}
    for each in found:
        if each.type == include.parameter.type:
            for target, kind in sorted(find(each.resource(), include.parameter.name)):
                if include.target in {None, kind} and (not include.limits or kind in include.limits):
                    names[str(kind), str(target)] = None
    for kind in dict.fromkeys(kind for kind, _ in names):
        ids = [found_id for each, found_id in names if each == kind]
        by_id = {one.id: one for one in _read(connection, kind, ids, include.limits.get(kind, EVERYTHING))}
        yield from (by_id[each] for each in ids if each in by_id)


def _read(connection: Connection, kind: str, ids: Sequence[str], limit: Criterion) -> Iterator[Stored]:
    condition = where(limit, Scope(kind, "r", connection.flavour))
    for chunk in _chunks(ids):
        text = (
            f"SELECT {COLUMNS} FROM resource r JOIN version v ON v.seq = r.seq"  # noqa: S608  values are bound
            f" WHERE r.type = ? AND r.id IN ({', '.join('?' * len(chunk))}) AND {condition.text}"
        )
        yield from (made(row) for row in connection.execute(text, (kind, *chunk, *condition.bound)))


def _pointing_at(connection: Connection, found: Sequence[Stored], include: Include) -> Iterator[Stored]:
    """In the order in which they were first kept."""
    source, places = include.parameter.type, numbered([place.number for place in include.parameter.places])
    condition = where(include.limits.get(source, EVERYTHING), Scope(source, "r", connection.flavour))
    for kind in dict.fromkeys(each.type for each in found if include.target in {None, each.type}):
        if include.parameter.only not in {"", kind}:
            continue
        for chunk in _chunks([each.id for each in found if each.type == kind]):
            keys = (
                f"SELECT key FROM reference WHERE {places.text} AND target IN ({', '.join('?' * len(chunk))})"  # noqa: S608  values are bound
                " AND type = ?"
            )
            text = (
                f"SELECT {COLUMNS} FROM resource r JOIN version v ON v.seq = r.seq WHERE r.key IN ({keys})"  # noqa: S608  values are bound
                f" AND {condition.text} ORDER BY r.key LIMIT ?"
            )
            bound: tuple[Any, ...] = (*places.bound, *chunk, kind, *condition.bound, MAX_INCLUDED + 1)
            yield from (made(row) for row in connection.execute(text, bound))


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    yield from (ids[at : at + _CHUNK] for at in range(0, len(ids), _CHUNK))


def _too_many(expected: str, remedy: str) -> BadSearch:
    return BadSearch("Too much would come along.", where="_include", expected=expected, remedy=remedy, reason="costly")
