"""Ground: ids that give nothing away, times that mean one thing, files written whole or not at all, errors that help."""

import os
import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from tabard.ground.errors import CallerError, TabardError
from tabard.ground.ids import KeyedIds, new_key, unguessable
from tabard.ground.private_files import write_private
from tabard.ground.time import from_us, system_clock, to_instant, to_us


def test_the_same_key_and_parts_make_the_same_id() -> None:
    """A replayed message must reach the same resource."""
    key = new_key()
    assert KeyedIds(key).make("Patient", "123") == KeyedIds(key).make("Patient", "123")


def test_another_key_makes_another_id() -> None:
    """Two hospitals' ids of one NHS number must not be joined by comparing them."""
    assert KeyedIds(b"a").make("9990000018") != KeyedIds(b"b").make("9990000018")


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_other_parts_make_another_id(one: list[str], two: list[str]) -> None:
    """Parts are kept apart, so that ("ab", "c") is not ("a", "bc")."""
    ids = KeyedIds(b"key")
    assert (ids.make(*one) == ids.make(*two)) == (one == two)


def test_an_id_is_a_version_8_uuid() -> None:
    """FHIR R4 allows at most 64 characters of [A-Za-z0-9.-]; a custom UUID says that it is one (RFC 9562, 5.8)."""
    made = UUID(KeyedIds(b"key").make("x"))
    assert (made.version, made.variant) == (8, "specified in RFC 4122")


def test_tokens_do_not_repeat() -> None:
    """256 random bits: a thousand of them are a thousand different ones of at least 43 characters."""
    tokens = {unguessable() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(len(token) >= 43 for token in tokens)


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  Hypothesis wants naive bounds
def test_microseconds_keep_the_moment(moment: datetime) -> None:
    """What is written to disk is read back as the same moment."""
    assert from_us(to_us(moment)) == moment


def test_an_instant_is_told_in_utc() -> None:
    """A FHIR instant must carry its zone; ours is always UTC."""
    summer = timezone(timedelta(hours=1))
    assert to_instant(datetime(2026, 7, 1, 9, 30, tzinfo=summer)) == "2026-07-01T08:30:00.000Z"


def test_the_system_clock_is_aware() -> None:
    """A time without a zone is never made."""
    assert system_clock().utcoffset() == timedelta(0)


def test_a_private_file_is_for_its_owner_only(tmp_path: Path) -> None:
    """Keys are written with mode 0600, whatever the umask."""
    before = os.umask(0)
    try:
        write_private(tmp_path / "key", b"secret")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert (tmp_path / "key").read_bytes() == b"secret"


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers see the old file or the new one, never a part, and no litter stays behind."""
    write_private(tmp_path / "key", b"old")

    def full_disk(handle: int) -> None:
        raise OSError(28, f"no space left (handle {handle})")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="no space"):
        write_private(tmp_path / "key", b"new")
    assert (tmp_path / "key").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_an_error_tells_place_expected_got_and_remedy() -> None:
    """The sentence of an error is all that a person may see of it."""
    error = CallerError(
        "no such port", where="links/pas.toml: port", expected="1 to 65535", got="0", remedy="choose one"
    )
    assert str(error) == "links/pas.toml: port: no such port; expected: 1 to 65535; got: 0; remedy: choose one"
    assert isinstance(error, TabardError)
