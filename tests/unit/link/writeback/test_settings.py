"""`[write]` of a link: read as written, off without it, and refused with its place where it is wrong."""

from pathlib import Path

import pytest

from tabard.ground.errors import CallerError
from tabard.link import LinkSettings, add_link, list_links
from tabard.link.write_settings import WriteSettings

_PLAIN = 'dialect = "itk-2.4"\nport = 0\n'


def read(folder: Path, table: str) -> WriteSettings | None:
    """The settings of a link whose file ends with `table`."""
    (folder / "links").mkdir(exist_ok=True)
    (folder / "links" / "pas.toml").write_text(_PLAIN + table)
    (link,) = list_links(folder)
    return link.write


def test_what_is_added_is_read(tmp_path: Path) -> None:
    """The table survives the file; without it nothing is written back."""
    wanted = WriteSettings(("Observation",), "ehr", receiving_application="PAS", updates_patients=True)
    add_link(tmp_path, LinkSettings(name="pas", dialect="itk-2.4", port=0, write=wanted))
    assert list_links(tmp_path)[0].write == wanted
    assert read(tmp_path, "") is None


@pytest.mark.parametrize(
    ("table", "place"),
    [
        ("write = 1", "write"),
        ('[write]\ntypes = ["Encounter"]\ndestination = "ehr"', "write.types"),
        ('[write]\ntypes = "Observation"\ndestination = "ehr"', "write.types"),
        ('[write]\ntypes = []\ndestination = "ehr"', "write.types"),
        ('[write]\ntypes = ["Observation"]\ndestination = ""', "write.destination"),
        ('[write]\ntypes = ["Observation"]\ndestination = 7', "write.destination"),
        (
            '[write]\ntypes = ["Observation"]\ndestination = "ehr"\nsending_application = ""',
            "write.sending_application",
        ),
        ('[write]\ntypes = ["Observation"]\ndestination = "ehr"\nlimit_bytes = 0', "write.limit_bytes"),
        ('[write]\ntypes = ["Observation"]\ndestination = "ehr"\nupdates_patients = "yes"', "write.updates_patients"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, table: str, place: str) -> None:
    """The file and the field, before anything is served."""
    with pytest.raises(CallerError) as refused:
        read(tmp_path, table)
    assert str(refused.value.where).endswith(f"pas.toml, {place}")


def test_a_setting_that_is_not_known_is_refused(tmp_path: Path) -> None:
    """A misspelt word must not be taken for its default."""
    with pytest.raises(CallerError, match="cannot be read"):
        read(tmp_path, '[write]\ntypes = ["Observation"]\ndestination = "ehr"\nupdate_patients = true')
