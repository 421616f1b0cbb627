"""Settings of a link: a file each, checked when written and when read."""

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from tabard.ground.errors import CallerError, NotFound
from tabard.link import LinkSettings, add_link, list_links, load_link

LORENZO = LinkSettings("lorenzo", "itk-2.4", 2575)


def test_a_link_is_read_as_it_was_added(tmp_path: Path) -> None:
    """What was added is listed and loaded unchanged, and only its owner may read the file."""
    path = add_link(tmp_path, LORENZO)
    assert list_links(tmp_path) == (LORENZO,)
    assert load_link(tmp_path, "lorenzo") == LORENZO
    assert path.stat().st_mode & 0o077 == 0


def test_a_hospital_without_links_has_none(tmp_path: Path) -> None:
    """No folder of links is no error; asking for one by name is."""
    assert list_links(tmp_path) == ()
    with pytest.raises(NotFound, match="tabard link"):
        load_link(tmp_path, "lorenzo")


@pytest.mark.parametrize("other", [LORENZO, LinkSettings("second", "itk-2.4", 2575)])
def test_a_name_or_port_is_given_once(tmp_path: Path, other: LinkSettings) -> None:
    """A second link of the same name, or on the same port, is refused."""
    add_link(tmp_path, LORENZO)
    with pytest.raises(CallerError, match="remedy"):
        add_link(tmp_path, other)
    assert list_links(tmp_path) == (LORENZO,)


def test_two_links_may_each_let_the_machine_choose(tmp_path: Path) -> None:
    """Port 0 is no port, so two links may have it."""
    for name in ("a", "b"):
        add_link(tmp_path, LinkSettings(name, "itk-2.4", 0))
    assert [one.name for one in list_links(tmp_path)] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('dialect = "x"\nport = "2575"', "port"),
        ('dialect = "x"\nport = 70000', "port"),
        ('dialect = "x"\nport = 1\nlimit_bytes = 0', "limit_bytes"),
        ('dialect = "x"\nport = true', "port"),
        ('dialect = "x"\nport = 1\nname = "../up"', "name"),
        ('dialect = "x"\nport = 1\nprot = 2', "prot"),
        ('dialect = "x"', "port"),
        ("dialect = oops", "line 1"),
    ],
)
def test_a_wrong_file_is_told_with_its_place(tmp_path: Path, text: str, where: str) -> None:
    """A fault in a file names the file, and the setting or line."""
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "bad.toml").write_text(text)
    with pytest.raises(CallerError) as caught:
        list_links(tmp_path)
    assert "bad.toml" in str(caught.value)
    assert where in str(caught.value)


@given(
    st.builds(
        LinkSettings,
        name=st.from_regex(r"[a-z0-9][a-z0-9-]{0,39}", fullmatch=True),
        dialect=st.text(max_size=30).filter(lambda text: text.isprintable()),
        port=st.integers(0, 65535),
        silence_after_s=st.integers(1, 10**6),
        limit_bytes=st.integers(1, 10**9),
        frame_timeout_s=st.floats(0.01, 1000),
        max_connections=st.integers(1, 1000),
    )
)
def test_any_settings_survive_the_file(tmp_path_factory: pytest.TempPathFactory, settings: LinkSettings) -> None:
    """Whatever is allowed is read back equal."""
    folder = tmp_path_factory.mktemp("hospital")
    add_link(folder, settings)
    assert list_links(folder) == (settings,)
