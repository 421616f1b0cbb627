"""Fields read of the segments that results, orders, appointments and documents are made of; any other goes nowhere, and is told so."""

from collections.abc import Mapping

from tabard.dialect.model import Event

_NOTES = {"NTE": frozenset({1, 3})}
_SPECIMENS = {"SPM": frozenset({1, 2, 4, 8})}

FIELDS: Mapping[Event, Mapping[str, frozenset[int]]] = {
    Event.result: {
        "ORC": frozenset({1, 2, 3, 4}),
        "OBR": frozenset({1, 2, 3, 4, 7, 15, 22, 24, 25, 26, 29, 32}),
        "OBX": frozenset({1, 2, 3, 4, 5, 6, 7, 8, 11, 14, 15, 16, 17, 23}),
        **_NOTES,
        **_SPECIMENS,
    },
    Event.order: {
        "ORC": frozenset({1, 2, 3, 4, 5, 7, 8, 9, 12}),
        "OBR": frozenset({1, 2, 3, 4, 5, 6, 13, 15, 16, 24, 27, 31}),
        "TQ1": frozenset({1, 7, 9}),
        **_NOTES,
        **_SPECIMENS,
    },
    Event.appointment: {
        "SCH": frozenset({1, 2, 6, 7, 8, 9, 10, 11, 23, 24, 25, 26, 27}),
        "TQ1": frozenset({1, 7, 8}),
        "RGS": frozenset({1, 2}),
        "AIS": frozenset({1, 2, 3, 4, 7, 8, 10}),
        "AIP": frozenset({1, 2, 3, 4, 6, 9, 10, 12}),
        "AIL": frozenset({1, 2, 3, 6, 9, 10, 12}),
        "AIG": frozenset({1, 2, 3, 4, 8, 11, 12, 14}),
        **_NOTES,
    },
    Event.document: {
        "TXA": frozenset({1, 2, 4, 5, 6, 9, 10, 12, 13, 14, 15, 16, 17, 18, 19, 22, 25}),
        "OBX": frozenset({1, 2, 3, 5}),
    },
}
"""By event and segment; the set ids and ORC-1 of a result say nothing that the message does not say elsewhere."""
