"""A store's folder: begun once, opened again, told plainly where it cannot be."""

import stat
from pathlib import Path

import pytest

from tabard.store import BadSettings, FolderTaken, NoStore, init, load
from unit.store.world import Clock, World, begun


def test_the_keys_of_people_are_apart_and_private() -> None:
    """Root, targets and recall keys lie outside the store's folder; no key is readable by others."""
    made = begun()
    keys = [*made.offline.iterdir(), *(made.folder / "catalogue/keys").iterdir(), *(made.folder / "keys").iterdir()]
    assert {path.name.split("-")[0] for path in made.offline.iterdir()} == {"root", "targets", "recall"}
    assert not made.offline.is_relative_to(made.folder)
    assert {stat.S_IMODE(path.stat().st_mode) for path in keys} == {0o600}
    assert stat.S_IMODE(made.folder.stat().st_mode) == 0o700


def test_a_folder_is_begun_once(tmp_path: Path) -> None:
    """A folder with something in it is left alone, and so is one for the offline keys."""
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken/file").touch()
    for folder, offline in ((tmp_path / "taken", tmp_path / "new"), (tmp_path / "new", tmp_path / "taken")):
        with pytest.raises(FolderTaken):
            init(folder, offline, "The store", 8600, Clock())
    assert [path.name for path in tmp_path.rglob("*")] == ["taken", "file"]


@pytest.mark.parametrize(("name", "port"), [("", 8600), ("The store", 0), ("The store", 65536)])
def test_settings_that_cannot_stand_are_told_before_anything_is_made(tmp_path: Path, name: str, port: int) -> None:
    """Nothing is left on the disk."""
    with pytest.raises(BadSettings):
        init(tmp_path / "s", None, name, port, Clock())
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_a_store_is_told(tmp_path: Path) -> None:
    """Neither an empty folder nor a mangled file is a store."""
    with pytest.raises(NoStore):
        load(tmp_path)
    for text in ("not toml", 'name = "x"', 'name = "x"\nport = 1\nbase_url = "http://a"\nverifier = "v"'):
        (tmp_path / "store.toml").write_text(text)
        with pytest.raises(BadSettings):
            load(tmp_path)


def test_a_damaged_session_key_is_told(world: World) -> None:
    """A short key is no key."""
    (world.store.folder.root / "keys/session.key").write_bytes(b"short")
    with pytest.raises(BadSettings, match="missing or damaged"):
        world.opened_again()
