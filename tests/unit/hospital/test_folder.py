"""A hospital's folder: begun once, private, and told apart from a broken one."""

from pathlib import Path

import pytest

from tabard.accounts import Cost
from tabard.hospital import BadSettings, Begun, FolderTaken, NoHospital, init, load

CHEAP = Cost(log2_n=4, r=1, p=1)


def _init(folder: Path) -> Begun:
    return init(folder, "St Elsewhere", "rxx", 8000, cost=CHEAP)


def test_a_hospital_begun_can_be_loaded_and_signed_in_to(tmp_path: Path) -> None:
    """Settings come back as given, the ODS code in capitals, and the printed password opens the admin account."""
    begun = _init(tmp_path / "h")
    hospital = load(tmp_path / "h", cost=CHEAP)
    assert hospital.settings == begun.settings
    assert (hospital.settings.ods, hospital.settings.base_url) == ("RXX", "http://localhost:8000")
    account = hospital.accounts.check(begun.username, begun.password)
    assert account is not None
    assert account.roles == {"admin"}


def test_everything_in_the_folder_is_private(tmp_path: Path) -> None:
    """Nobody else may read any file or enter any folder, and the keys are 256 bits and different."""
    _init(tmp_path / "h")
    for path in [tmp_path / "h", *(tmp_path / "h").rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path.name
    keys = [path.read_bytes() for path in (tmp_path / "h" / "keys").iterdir()]
    assert [len(key) for key in keys] == [32, 32]
    assert keys[0] != keys[1]


def test_a_second_init_changes_nothing(tmp_path: Path) -> None:
    """A folder with a hospital is refused, and its keys and settings stay."""
    _init(tmp_path / "h")
    before = {path: path.read_bytes() for path in (tmp_path / "h").rglob("*") if path.is_file()}
    with pytest.raises(FolderTaken):
        _init(tmp_path / "h")
    assert {path: path.read_bytes() for path in before} == before


def test_an_init_cut_short_can_be_done_again(tmp_path: Path) -> None:
    """Without settings a folder counts as never finished; keys made before the cut are kept."""
    _init(tmp_path / "h")
    key = (tmp_path / "h" / "keys" / "ids.key").read_bytes()
    (tmp_path / "h" / "hospital.toml").unlink()
    begun = _init(tmp_path / "h")
    hospital = load(tmp_path / "h", cost=CHEAP)
    assert hospital.accounts.check("admin", begun.password) is not None
    assert hospital.folder.ids_key == key


def test_a_folder_without_a_hospital_says_what_to_do(tmp_path: Path) -> None:
    """Loading an empty folder names the command that makes a hospital."""
    with pytest.raises(NoHospital) as told:
        load(tmp_path)
    assert told.value.remedy == "tabard hospital init DIR"


@pytest.mark.parametrize(
    ("name", "ods", "port", "fault"),
    [("", "RXX", 8000, "name"), ("A", "R X", 8000, "ods"), ("A", "RXX", 0, "port"), ("A", "RXX", 70_000, "port")],
)
def test_settings_that_cannot_stand_are_refused_before_anything_is_made(
    tmp_path: Path, name: str, ods: str, port: int, fault: str
) -> None:
    """The fault is named and the folder is not made."""
    with pytest.raises(BadSettings, match=fault):
        init(tmp_path / "h", name, ods, port, cost=CHEAP)
    assert not (tmp_path / "h").exists()


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ("name = ", "TOML"),
        ('name = "A"\nods = "RXX"\nport = 80\n', "base_url is missing"),
        ('name = "A"\nods = "RXX"\nport = 80\nbase_url = "http://hospital.example"\n', "without TLS"),
        ('name = "A"\nods = "RXX"\nport = 80\nbase_url = "https://hospital.example/tabard"\n', "scheme"),
    ],
)
def test_a_settings_file_that_cannot_stand_names_its_fault(tmp_path: Path, told: str, fault: str) -> None:
    """A file edited wrongly is refused with what is wrong in it."""
    _init(tmp_path / "h")
    (tmp_path / "h" / "hospital.toml").write_text(told)
    with pytest.raises(BadSettings, match=fault):
        load(tmp_path / "h")


def test_a_lost_key_is_not_replaced_in_silence(tmp_path: Path) -> None:
    """A missing key stops the hospital: a new one would give every patient a new id."""
    _init(tmp_path / "h")
    (tmp_path / "h" / "keys" / "session.key").unlink()
    with pytest.raises(BadSettings, match=r"session\.key"):
        load(tmp_path / "h")
