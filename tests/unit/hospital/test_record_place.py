"""Where a hospital's record is: in its folder, or on PostgreSQL with the password apart."""

from pathlib import Path

import pytest

from tabard.accounts import Cost
from tabard.database import Server
from tabard.hospital import BadSettings, Settings, init, load

URL = "postgresql://tabard@db.trust.nhs.uk:5432/st_elsewhere"
CHEAP = Cost(log2_n=4)


def begun(folder: Path, record: str | None = URL) -> Settings:
    return init(folder, "St Elsewhere", "RXX", 8700, record=record, cost=CHEAP).settings


def test_without_an_address_it_is_a_file(tmp_path: Path) -> None:
    """And the settings say nothing of it."""
    assert begun(tmp_path, None).record is None
    assert load(tmp_path, cost=CHEAP).record == tmp_path / "record.db"
    assert "record" not in (tmp_path / "hospital.toml").read_text()


def test_the_address_is_in_the_settings_and_the_password_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The password comes from a private file beside them; without one from the environment; without that from nowhere."""
    begun(tmp_path)
    monkeypatch.delenv("TABARD_RECORD_PASSWORD", raising=False)
    assert load(tmp_path, cost=CHEAP).record == Server(URL)
    monkeypatch.setenv("TABARD_RECORD_PASSWORD", "by the way")
    assert load(tmp_path, cost=CHEAP).record == Server(URL, "by the way")
    password = tmp_path / "record.password"
    password.touch(mode=0o600)
    password.write_text("s3cret\n")
    place = load(tmp_path, cost=CHEAP).record
    assert place == Server(URL, "s3cret")
    assert "s3cret" not in f"{place!r}{place}{(tmp_path / 'hospital.toml').read_text()}"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_password_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    """The remedy is said, the password is not."""
    begun(tmp_path)
    password = tmp_path / "record.password"
    password.write_text("s3cret")
    password.chmod(mode)
    with pytest.raises(BadSettings, match="chmod 600") as refused:
        load(tmp_path, cost=CHEAP).record  # noqa: B018  the look itself is tried
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("url", ["postgresql://u:s3cret@h/d", "mysql://h/d", "s3cret", ""])
def test_an_address_that_cannot_stand_is_refused_at_once(tmp_path: Path, url: str) -> None:
    """Nothing is begun with it, and what may be a password in it is not told."""
    with pytest.raises(BadSettings, match=r"record\.url") as refused:
        begun(tmp_path, url)
    assert "s3cret" not in str(refused.value)
    assert not (tmp_path / "hospital.toml").exists()
    begun(tmp_path)
    settings = tmp_path / "hospital.toml"
    settings.write_text(settings.read_text().replace(URL, url))
    with pytest.raises(BadSettings, match=r"record\.url") as refused:
        load(tmp_path, cost=CHEAP)
    assert "s3cret" not in str(refused.value)


def test_a_record_on_sqlite_is_not_passed_over(tmp_path: Path) -> None:
    """Settings that name PostgreSQL beside a record in the folder are refused: its patients would not be seen."""
    begun(tmp_path)
    (tmp_path / "record.db").touch()
    with pytest.raises(BadSettings, match="here is a record on SQLite"):
        load(tmp_path, cost=CHEAP).record  # noqa: B018  the look itself is tried
