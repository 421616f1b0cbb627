"""Whatever a dialect's file holds, it is read or refused with its faults: the loader never crashes and never hangs."""

from collections.abc import Sequence
from typing import Any

import pytest
import tomli_w
from hypothesis import given, strategies as st

from tabard.dialect import BadDialect, Fault, digest_of, load, names, to_toml
from tabard.dialect.table.loader import read_dialect
from tabard.dialect.table.toml_lines import lines_of

KEYS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(  # keys of the schema, in any place
        """base name events null identifiers fields nhs_number visits classes codes system sender kept_out refusals unresolved
        locations ward time_zone versions practitioners""".split()  # noqa: SIM905  a list of them would be twenty lines
    ),
)
LEAVES = st.one_of(
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=30),
    st.datetimes(),
    st.sampled_from(
        ["itk-2.4", "millennium-uk", "merge", "PID-3", "C[0-9]+", "(a+)+", "Europe/London", "clears", 0, 31]
    ),
)
WORDS = st.from_regex("[a-z]{1,6}", fullmatch=True)
TABLES = st.dictionaries(
    KEYS,
    st.recursive(LEAVES, lambda one: st.lists(one, max_size=3) | st.dictionaries(KEYS, one, max_size=4), max_leaves=12),
    max_size=8,
)


def refused_or_read(raw: bytes) -> None:
    faults = read_again(raw)
    assert all(fault.expected and fault.got and fault.remedy for fault in faults)


def read_again(raw: bytes) -> Sequence[Fault]:
    """The faults; of a dialect that has none it is made sure that it can be written out and read again."""
    try:
        dialect = read_dialect(raw, "site.toml")
    except BadDialect as refusal:
        return refusal.faults
    again = read_dialect(to_toml(dialect).encode(), "again.toml")
    assert again == dialect
    return ()


@given(st.binary(max_size=400))
def test_any_bytes_are_refused(raw: bytes) -> None:
    """Bytes of any kind are a dialect or a fault of the file."""
    refused_or_read(raw)


@given(TABLES)
def test_any_toml_is_refused_or_read(data: dict[str, Any]) -> None:
    """Any TOML, with the right keys in wrong places and wrong values under right keys, is told in faults."""
    refused_or_read(tomli_w.dumps(data).encode())


@given(TABLES, st.sampled_from(names()))
def test_any_change_to_a_shipped_dialect_is_refused_or_read(data: dict[str, Any], base: str) -> None:
    """So is any TOML on a base; what is read can be written out whole and read again as the same."""
    refused_or_read(tomli_w.dumps({**data, "base": base}).encode())


@given(st.recursive(LEAVES, lambda one: st.lists(one, max_size=3) | st.dictionaries(WORDS, one), max_leaves=9))
def test_every_key_of_a_file_has_its_line(value: Any) -> None:
    """Each word that is a key, however deep in tables and lists, is told a line on which it stands."""
    text = tomli_w.dumps({"top": value})
    told = text.split("\n")
    lines = lines_of(text)
    assert lines["top"] == 1
    for key, line in lines.items():
        word = key.rpartition(".")[2]
        assert word.isdigit() or word in told[line - 1]


@pytest.mark.parametrize("text", ["[" * 5000, "a = " + "[" * 5000, "a = " + "{b = " * 3000, "a." * 5000 + "b = 1"])
def test_a_file_without_a_floor_is_refused(text: str) -> None:
    """Lists in lists and tables in tables without end are a fault of the file."""
    refused_or_read(text.encode())


@pytest.mark.parametrize("name", names())
def test_a_dialect_written_out_whole_is_the_same(name: str) -> None:
    """A shipped dialect with its base joined in, written as one file, is the same dialect with the same digest."""
    dialect = load(name)
    again = read_dialect(to_toml(dialect).encode(), "whole.toml")
    assert again == dialect
    assert digest_of(again) == digest_of(dialect)
